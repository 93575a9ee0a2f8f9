import DataLoader from 'dataloader'
import type { NewUser, Reply } from '../contracts/contract.ts'
import type { Database } from './database.ts'
import { DatabaseUnavailable } from './database-unavailable.ts'
import type { Engine } from './engine.ts'
import { insertUsers, type Outcome, type UserRow } from './insert-users.ts'
import type { Reach } from './reach.ts'
import type { Attempt } from './reply-store.ts'
import type { IdempotencyRepliesTable, UsersTable } from './tables.ts'

const replyKeptMs = 24 * 60 * 60 * 1000

/** A user as operators see them. The password's hash stays in the database, unless it is asked for. */
export interface StoredUser {
  readonly contract: string
  readonly id: string
  readonly tenant: string | null
  readonly profile: unknown
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
  readonly password_hash?: string | null
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
    readonly withPasswordHashes?: boolean | undefined
  }): AsyncIterable<StoredUser>
  find(contract: string, id: string): Promise<StoredUser | undefined>
  /** Takes a user out for good, and what refers to them. */
  delete(contract: string, id: string): Promise<'deleted' | 'unknown'>
}

const COLUMNS = ['contract', 'id', 'tenant', 'profile', 'created_by', 'created_at', 'updated_at'] as const

// One commit makes all of a batch durable. More rows a commit gain little.
const batchRowsMax = 64

export function userStore(database: Database, { once, again }: Reach, { scrub }: Pick<Engine, 'scrub'>): UserStore {
  // What is inserted within one turn of the event loop shares a transaction, and is answered after its commit.
  const inserts = new DataLoader<UserRow, Outcome>(insertBatch, {
    cache: false,
    maxBatchSize: batchRowsMax,
    batchScheduleFn: setImmediate,
  })

  const insertAll = insertUsers(database)

  async function insertBatch(entries: readonly UserRow[]): Promise<(Outcome | Error)[]> {
    const isKept = entries.some(({ replyRow }) => replyRow)
    try {
      return await again(() =>
        isKept ? database.transaction().execute((db) => insertAll(db, entries)) : insertAll(database, entries),
      )
    } catch (error) {
      if (error instanceof DatabaseUnavailable || entries.length === 1) return entries.map(() => error as Error)
      // One row of many is at fault: alone, the others are stored.
      const outcomes: (Outcome | Error)[] = []
      for (const entry of entries) outcomes.push(...(await insertBatch([entry])))
      return outcomes
    }
  }

  return {
    insert: (user, kept) => inserts.load({ row: toRow(user), replyRow: kept && toReplyRow(user, kept) }),

    async isTaken(contract, uniqueKey) {
      const row = await again(() =>
        database
          .selectFrom('users')
          .select('id')
          .where('contract', '=', contract)
          .where('unique_key', '=', uniqueKey)
          .executeTakeFirst(),
      )
      return row !== undefined
    },

    async *stream({ contract, limit, withPasswordHashes = false }) {
      let query = database
        .selectFrom('users')
        .select(COLUMNS)
        .$if(withPasswordHashes, (select) => select.select('password_hash'))
        .orderBy('contract')
        .orderBy('id')
      if (contract !== undefined) query = query.where('contract', '=', contract)
      if (limit !== undefined) query = query.limit(limit)
      for await (const row of query.stream()) yield { ...row, profile: JSON.parse(row.profile) }
    },

    async find(contract, id) {
      const row = await again(() =>
        database
          .selectFrom('users')
          .select(COLUMNS)
          .where('contract', '=', contract)
          .where('id', '=', id)
          .executeTakeFirst(),
      )
      return row && { ...row, profile: JSON.parse(row.profile) }
    },

    async delete(contract, id) {
      const { numDeletedRows } = await once(() =>
        database.deleteFrom('users').where('contract', '=', contract).where('id', '=', id).executeTakeFirstOrThrow(),
      )
      if (numDeletedRows === 0n) return 'unknown'
      await scrub(database)
      return 'deleted'
    },
  }
}

function toRow(user: UserToStore): UsersTable {
  const now = user.createdAt.toISOString()
  return {
    contract: user.contract,
    id: user.id,
    tenant: user.tenant,
    unique_key: user.uniqueKey,
    profile: JSON.stringify(user.profile),
    password_hash: user.passwordHash,
    created_by: user.createdBy,
    created_at: now,
    updated_at: now,
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
    created_at: createdAt.toISOString(),
    expires_at: new Date(createdAt.getTime() + replyKeptMs).toISOString(),
  }
}
