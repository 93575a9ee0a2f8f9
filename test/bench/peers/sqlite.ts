import { createHash } from 'node:crypto'
import { DatabaseSync } from '@photostructure/sqlite'
import { type Caller, COLUMNS } from './user-row.ts'

export type Sqlite = InstanceType<typeof DatabaseSync>

/** The insert that every SQLite peer prepares. */
export const INSERT = `insert into users (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})
  on conflict (contract, unique_key) do nothing`

/** A database that nobody refers to is closed by the garbage collector, under its prepared statements. */
const opened: Sqlite[] = []

/** Opens the peer's database as durable as Rollcall's. Its tables are there: Rollcall's command line has made them. */
export function openSqlite(): Sqlite {
  const database = new DatabaseSync(String(process.env.DATABASE_URL).slice('sqlite:'.length))
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  opened.push(database)
  return database
}

/** Looks a key up by its hash, in the database at each request. */
export function keysInSqlite(database: Sqlite): (key: string) => Caller | undefined {
  const select = database.prepare(
    `select id as "keyId", tenant from api_keys where key_hash = ? and contract = 'garmat' and revoked_at is null`,
  )
  return (key) => select.get(hashKey(key)) as Caller | undefined
}

/** Looks a key up by its hash, in a map that is filled once. */
export function keysInMemory(database: Sqlite): (key: string) => Caller | undefined {
  const rows = database
    .prepare(`select id as "keyId", tenant, key_hash from api_keys where contract = 'garmat' and revoked_at is null`)
    .all() as (Caller & { key_hash: string })[]
  const callers = new Map(rows.map(({ key_hash, ...caller }) => [key_hash, caller]))
  return (key) => callers.get(hashKey(key))
}

/** The hash by which a key is stored. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
