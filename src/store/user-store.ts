import type { Insertable } from 'kysely'
import type { NewUser } from '../contracts/contract.ts'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'
import type { UsersTable } from './tables.ts'

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

export interface UserStore {
  /** Stores a user for good, or finds that the unique key is taken. The database decides, so a race has one winner. */
  insert(
    user: NewUser & { readonly contract: string; readonly createdBy: string; readonly createdAt: Date },
  ): Promise<'inserted' | 'duplicate'>
  isTaken(contract: string, uniqueKey: string): Promise<boolean>
  /** Users in the order of contract and id, read as they are consumed. */
  stream(filter: {
    readonly contract?: string | undefined
    readonly limit?: number | undefined
  }): AsyncIterable<StoredUser>
}

export function userStore(database: Database, { again }: Reach): UserStore {
  const holderOf = (contract: string, uniqueKey: string) =>
    database
      .selectFrom('users')
      .select('id')
      .where('contract', '=', contract)
      .where('unique_key', '=', uniqueKey)
      .executeTakeFirst()

  return {
    async insert({ contract, id, tenant, uniqueKey, profile, passwordHash, createdBy, createdAt }) {
      const row: Insertable<UsersTable> = {
        contract,
        id,
        tenant,
        unique_key: uniqueKey,
        profile: JSON.stringify(profile),
        password_hash: passwordHash,
        created_by: createdBy,
        created_at: createdAt.toISOString(),
        updated_at: createdAt.toISOString(),
      }
      return again(async (isRepeat) => {
        const { numInsertedOrUpdatedRows } = await database
          .insertInto('users')
          .values(row)
          .onConflict((conflict) => conflict.columns(['contract', 'unique_key']).doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows === 1n) return 'inserted'
        // A connection can be lost after the commit and before its answer: then the row in the way is this one.
        return isRepeat && (await holderOf(contract, uniqueKey))?.id === id ? 'inserted' : 'duplicate'
      })
    },

    async isTaken(contract, uniqueKey) {
      const row = await again(() => holderOf(contract, uniqueKey))
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
