import { Pool } from 'pg'
import { hashKey } from './sqlite.ts'
import type { Caller } from './user-row.ts'

/** The peer's pool, as large as Rollcall's. */
export function openPostgres(): Pool {
  return new Pool({ connectionString: String(process.env.DATABASE_URL), max: 10 })
}

/** Looks a key up by its hash: with KEYS=memory in a map that is filled once, else in the database at each request. */
export async function keysInPostgres(
  pool: Pool,
): Promise<(key: string) => Promise<Caller | undefined> | Caller | undefined> {
  const select = `select id as "keyId", tenant, key_hash from api_keys where contract = 'garmat' and revoked_at is null`
  if (process.env.KEYS === 'memory') {
    const { rows } = await pool.query(select)
    const callers = new Map<string, Caller>(rows.map(({ key_hash, ...caller }) => [key_hash, caller]))
    return (key) => callers.get(hashKey(key))
  }
  return async (key) => (await pool.query(`${select} and key_hash = $1`, [hashKey(key)])).rows[0]
}
