import { hash } from 'node:crypto'
import DataLoader from 'dataloader'
import type { Insertable, Selectable } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../contracts/contract.ts'
import { uuid } from '../uuid.ts'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'
import type { ApiKeysTable } from './tables.ts'

/** A key as it is made: the key itself is given once, here. */
export interface NewKey {
  readonly id?: string
  readonly contract: string
  readonly key: string
  readonly label: string
  readonly role: string | null
  readonly tenant: string | null
  readonly expiresAt: Date | null
}

type Holder = Pick<Selectable<ApiKeysTable>, 'id' | 'contract' | 'role' | 'tenant' | 'expires_at'>

export type StoredKey = Omit<Selectable<ApiKeysTable>, 'key_hash'>

export interface KeyStore {
  /** Stores keys, all or none; returns their rows. Keys that are there already, by id or by the key itself, are left alone, and then it returns none. */
  insert(keys: readonly NewKey[], now: Date): Promise<readonly StoredKey[]>
  /** Who holds a key of this contract that is neither revoked, two seconds ago or longer, nor expired. */
  find(contract: string, key: string, now: Date): Promise<Caller | undefined>
  list(): Promise<readonly StoredKey[]>
  revoke(id: string, now: Date): Promise<'revoked' | 'unknown'>
}

// So long a key still opens that another process has revoked.
const rememberedMs = 2_000
const rememberedMax = 10_000
const lookedUpMax = 64

const COLUMNS = ['id', 'contract', 'label', 'tenant', 'role', 'created_at', 'expires_at', 'revoked_at'] as const

export function keyStore(database: Database, { once, again }: Reach): KeyStore {
  // Only keys that are there are remembered: a new one opens at once, and what is none takes up no room.
  const remembered = new LRUCache<string, Holder>({ max: rememberedMax, ttl: rememberedMs, ttlResolution: 100 })

  // Keys that are asked for in one turn of the event loop are looked up by one statement.
  const holders = new DataLoader<string, Holder | undefined>(findHolders, {
    maxBatchSize: lookedUpMax,
    batchScheduleFn: setImmediate,
  })

  async function findHolders(hashes: readonly string[]): Promise<(Holder | undefined)[]> {
    let start = 0
    const rows = await again(() => {
      start = performance.now()
      return database
        .selectFrom('api_keys')
        .select(['key_hash', 'id', 'contract', 'role', 'tenant', 'expires_at'])
        .where('key_hash', 'in', hashes)
        .where('revoked_at', 'is', null)
        .execute()
    })
    const found = new Map(rows.map(({ key_hash, ...holder }) => [key_hash, holder]))
    for (const [keyHash, holder] of found) remembered.set(keyHash, holder, { start })
    return hashes.map((keyHash) => found.get(keyHash))
  }

  return {
    async insert(keys, now) {
      const rows = keys.map(
        (key): Insertable<ApiKeysTable> => ({
          id: key.id ?? uuid(),
          contract: key.contract,
          label: key.label,
          key_hash: hashKey(key.key),
          tenant: key.tenant,
          role: key.role,
          created_at: now.toISOString(),
          expires_at: key.expiresAt?.toISOString() ?? null,
          revoked_at: null,
        }),
      )
      return once(() =>
        database
          .insertInto('api_keys')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .returning(COLUMNS)
          .execute(),
      )
    },

    async find(contract, key, now) {
      const keyHash = hashKey(key)
      // Who asks while the answer is under way gets that one.
      const row = remembered.get(keyHash) ?? (await holders.load(keyHash).finally(() => holders.clear(keyHash)))
      if (row?.contract !== contract || (row.expires_at !== null && row.expires_at <= now.toISOString()))
        return undefined
      return { keyId: row.id, role: row.role, tenant: row.tenant }
    },

    list: () =>
      again(() => database.selectFrom('api_keys').select(COLUMNS).orderBy('created_at').orderBy('id').execute()),

    async revoke(id, now) {
      const { numUpdatedRows } = await again(() =>
        database
          .updateTable('api_keys')
          .set((update) => ({ revoked_at: update.fn.coalesce('revoked_at', update.val(now.toISOString())) }))
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      )
      remembered.clear()
      return numUpdatedRows === 1n ? 'revoked' : 'unknown'
    },
  }
}

/** A key is random and long, so a fast hash hides it, and a look-up by hash tells nothing by its time. */
function hashKey(key: string): string {
  return hash('sha256', key)
}
