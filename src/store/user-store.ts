import type { NewUser, Reply } from '../contracts/contract.ts'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'
import type { Attempt } from './reply-store.ts'
import type { IdempotencyRepliesTable, UsersTable } from './tables.ts'

const replyKeptMs = 24 * 60 * 60 * 1000

/** A user as operators see them. The password's hash stays in the database. */
export interface StoredUser {
  readonly contract: string
  readonly id: string
  readonly tenant: string | null
  readonly profile: unknown
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
}

/** A user with what the pipeline knows of the request that made it. */
export type UserToStore = NewUser & {
  readonly contract: string
  readonly createdBy: string
  readonly createdAt: Date
}

/** The reply to keep for an attempt. */
export interface Kept {
  readonly attempt: Attempt
  readonly reply: Reply
}

export type Outcome = 'inserted' | 'duplicate' | 'repeated'

export interface UserStore {
  /**
   * Stores a user for good, or finds that the unique key is taken. The database decides, so a race has one winner.
   * With an attempt its reply is kept too, both or none; `repeated` says that the attempt has one already.
   */
  insert(user: UserToStore, kept?: Kept): Promise<Outcome>
  isTaken(contract: string, uniqueKey: string): Promise<boolean>
  /** Users in the order of contract and id, read as they are consumed. */
  stream(filter: {
    readonly contract?: string | undefined
    readonly limit?: number | undefined
  }): AsyncIterable<StoredUser>
}

export function userStore(database: Database, { again }: Reach): UserStore {
  return {
    async insert(user, kept) {
      const row = toRow(user)
      if (!kept) return again((isRepeat) => insertRow(database, row, undefined, isRepeat))
      const replyRow = toReplyRow(user, kept)
      return again((isRepeat) => database.transaction().execute((db) => insertRow(db, row, replyRow, isRepeat)))
    },

    async isTaken(contract, uniqueKey) {
      const row = await again(() => holderOf(database, contract, uniqueKey))
      return row !== undefined
    },

    async *stream({ contract, limit }) {
      let query = database
        .selectFrom('users')
        .select(['contract', 'id', 'tenant', 'profile', 'created_by', 'created_at', 'updated_at'])
        .orderBy('contract')
        .orderBy('id')
      if (contract !== undefined) query = query.where('contract', '=', contract)
      if (limit !== undefined) query = query.limit(limit)
      for await (const row of query.stream()) yield { ...row, profile: JSON.parse(row.profile) }
    },
  }
}

function holderOf(database: Database, contract: string, uniqueKey: string) {
  return database
    .selectFrom('users')
    .select('id')
    .where('contract', '=', contract)
    .where('unique_key', '=', uniqueKey)
    .executeTakeFirst()
}

async function insertRow(
  database: Database,
  row: UsersTable,
  replyRow: IdempotencyRepliesTable | undefined,
  isRepeat: boolean,
): Promise<Outcome> {
  const { contract, id, unique_key, created_at } = row
  const user = await database
    .insertInto('users')
    .values(row)
    .onConflict((conflict) => conflict.columns(['contract', 'unique_key']).doNothing())
    .executeTakeFirstOrThrow()
  if (user.numInsertedOrUpdatedRows !== 1n) {
    // A connection can be lost after the commit and before its answer: then the row in the way is this one.
    return isRepeat && (await holderOf(database, contract, unique_key))?.id === id ? 'inserted' : 'duplicate'
  }
  if (!replyRow) return 'inserted'

  const reply = await database
    .insertInto('idempotency_replies')
    .values(replyRow)
    .onConflict((conflict) =>
      conflict
        .columns(['key_id', 'idempotency_key'])
        .doUpdateSet(replyRow)
        .where('idempotency_replies.expires_at', '<=', created_at),
    )
    .executeTakeFirstOrThrow()
  if (reply.numInsertedOrUpdatedRows === 1n) return 'inserted'
  // Of two requests with one key the first to commit is the one that counts.
  await database.deleteFrom('users').where('contract', '=', contract).where('id', '=', id).execute()
  return 'repeated'
}

function toRow(user: UserToStore): UsersTable {
  return {
    contract: user.contract,
    id: user.id,
    tenant: user.tenant,
    unique_key: user.uniqueKey,
    profile: JSON.stringify(user.profile),
    password_hash: user.passwordHash,
    created_by: user.createdBy,
    created_at: user.createdAt.toISOString(),
    updated_at: user.createdAt.toISOString(),
  }
}

function toReplyRow({ contract, id, createdAt }: UserToStore, { attempt, reply }: Kept): IdempotencyRepliesTable {
  return {
    key_id: attempt.keyId,
    idempotency_key: attempt.idempotencyKey,
    fingerprint: attempt.fingerprint,
    reply: JSON.stringify(reply),
    contract,
    user_id: id,
    expires_at: new Date(createdAt.getTime() + replyKeptMs).toISOString(),
  }
}
