import { createHash } from 'node:crypto'
import { DatabaseSync } from '@photostructure/sqlite'
import { Client } from 'pg'
import { v7 as uuid } from 'uuid'
import { emailOf, garmatBody } from './requests.ts'

const rowsAtOnce = 10_000

/** The tag of the users, and the beginning of the keys, that a database is filled with. */
export const FILLED = { tag: 'filled', key: 'filled-key-' }

const COLUMNS = {
  users: ['contract', 'id', 'tenant', 'unique_key', 'profile', 'created_by', 'created_at', 'updated_at'],
  api_keys: ['id', 'contract', 'label', 'key_hash', 'role', 'created_at'],
} as const

type Table = keyof typeof COLUMNS
type Insert = (table: Table, rows: readonly (readonly string[])[]) => Promise<void> | void

/** Puts so many users and keys of garmat into a database, many rows at once. */
export async function fill(url: string, size: { users?: number; keys?: number }): Promise<void> {
  const { insert, close } = url.startsWith('sqlite:') ? openSqlite(url) : await openPostgres(url)
  for (const [table, rows, rowOf] of [
    ['users', size.users ?? 0, userRow],
    ['api_keys', size.keys ?? 0, keyRow],
  ] as const) {
    for (let done = 0; done < rows; done += rowsAtOnce) {
      const length = Math.min(rowsAtOnce, rows - done)
      await insert(
        table,
        Array.from({ length }, (_, index) => rowOf(done + index)),
      )
    }
  }
  await close()
}

function userRow(n: number): readonly string[] {
  const now = new Date().toISOString()
  const email = emailOf(FILLED.tag, n)
  const profile = { id: uuid(), ...JSON.parse(garmatBody(email)) }
  return ['garmat', profile.id, profile.account_id, email, JSON.stringify(profile), 'filled', now, now]
}

function keyRow(n: number): readonly string[] {
  const hash = createHash('sha256').update(`${FILLED.key}${n}`).digest('hex')
  return [uuid(), 'garmat', 'filled', hash, 'garmat_admin', new Date().toISOString()]
}

function openSqlite(url: string): { insert: Insert; close: () => void } {
  const database = new DatabaseSync(url.slice('sqlite:'.length))
  // While it is filled it need not be durable; an index that is filled in no order should fit in memory.
  database.exec('pragma synchronous = off; pragma cache_size = -4000000')
  return {
    insert(table, rows) {
      const columns = COLUMNS[table]
      const marks = columns.map(() => '?').join(', ')
      const statement = database.prepare(`insert into ${table} (${columns.join(', ')}) values (${marks})`)
      database.exec('begin')
      for (const row of rows) statement.run(...row)
      database.exec('commit')
    },
    close() {
      // Else the first commit that is measured would wait for all of it.
      database.exec('pragma synchronous = full; pragma wal_checkpoint(truncate)')
      database.close()
    },
  }
}

async function openPostgres(url: string): Promise<{ insert: Insert; close: () => Promise<void> }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('set synchronous_commit = off')
  return {
    async insert(table, rows) {
      const columns = COLUMNS[table]
      const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ')
      const text = `insert into ${table} (${columns.join(', ')}) select * from unnest(${arrays})`
      await client.query({ name: table, text, values: columns.map((_, column) => rows.map((row) => row[column])) })
    },
    async close() {
      // Else the server would do it while it is measured.
      await client.query('vacuum analyze')
      await client.query('checkpoint')
      await client.end()
    },
  }
}
