import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DatabaseUnavailable } from '../../src/store/database-unavailable.ts'
import { insertUsers } from '../../src/store/insert-users.ts'
import { sqliteDialect } from '../../src/store/sqlite-dialect.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Tables } from '../../src/store/tables.ts'
import { SQLITE, type TestDatabase } from '../support/databases.ts'

let database: TestDatabase
let store: Store
beforeEach(async () => {
  database = await SQLITE.create()
  store = await openStore(database.url)
})
afterEach(async () => {
  await store.database.destroy()
  await database.remove()
})

it.each([
  { pragma: 'journal_mode', value: 'wal' },
  { pragma: 'synchronous', value: 2 },
  { pragma: 'secure_delete', value: 1 },
])('runs with $pragma = $value', async ({ pragma, value }) => {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(pragma)}`.execute(store.database)
  expect(rows).toEqual([{ [pragma]: value }])
})

it('opens folder and file to their owner only', () => {
  const file = database.url.slice('sqlite:'.length)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
})

it.each([
  { batch: 'a batch', rows: 20, isKept: false },
  { batch: 'a batch with replies to keep', rows: 20, isKept: true },
  { batch: 'a batch of one with a reply to keep', rows: 1, isKept: true },
])('fails every insert of $batch that cannot be written, and stores none of them', async ({ rows, isKept }) => {
  const insert = (id: number, name: string) =>
    store.users.insert(
      {
        contract: 'one',
        id: `${id}`,
        tenant: null,
        uniqueKey: `${id}`,
        profile: { name },
        passwordHash: null,
        createdBy: 'key',
        createdAt: new Date(),
      },
      isKept
        ? { attempt: { keyId: 'key', idempotencyKey: `${id}`, fingerprint: '' }, reply: { status: 201, body: {} } }
        : undefined,
    )
  expect(await insert(0, '')).toBe('inserted')
  await sql`pragma max_page_count = 1`.execute(store.database)
  const outcomes = await Promise.allSettled(Array.from({ length: rows }, (_, id) => insert(id + 1, 'x'.repeat(10_000))))
  expect(
    outcomes.map(({ status, ...rest }) => [status, 'reason' in rest && rest.reason instanceof DatabaseUnavailable]),
  ).toEqual(outcomes.map(() => ['rejected', true]))
  await sql`pragma max_page_count = 1073741823`.execute(store.database)
  expect(await insert(1, '')).toBe('inserted')
  expect(await store.database.selectFrom('users').select('id').execute()).toHaveLength(2)
})

it('reads no table whole to find what is in the way of a user', async () => {
  const now = new Date().toISOString()
  await store.keys.insert(
    [{ id: 'key', contract: 'one', key: 'k', label: '', role: null, tenant: null, expiresAt: null }],
    new Date(),
  )
  const texts: string[] = []
  const log = ({ query }: { query: { sql: string } }) => void texts.push(query.sql)
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database.url.slice('sqlite:'.length)), log })
  const insert = (id: string, unique_key: string) => {
    const times = { created_at: now, updated_at: now }
    const row = { contract: 'one', id, tenant: null, unique_key, profile: '{}', password_hash: null, created_by: 'key' }
    const reply = { key_id: 'key', idempotency_key: 'once', fingerprint: '', reply: '{}', contract: 'one', user_id: id }
    const replyRow = { ...reply, created_at: now, expires_at: '2999' }
    return insertUsers(db)(db, [{ row: { ...row, ...times }, replyRow }])
  }
  expect([await insert('1', 'a'), await insert('2', 'a'), await insert('3', 'b')].flat()).toEqual([
    'inserted',
    'duplicate',
    'repeated',
  ])
  await db.destroy()

  const reads = texts.filter((text) => !text.startsWith('insert'))
  expect(reads.length).toBeGreaterThan(0)
  for (const text of reads) {
    const plan = sql<{ detail: string }>`explain query plan ${sql.raw(text.replaceAll('?', "''"))}`
    const { rows } = await plan.execute(store.database)
    expect(
      rows.filter(({ detail }) => detail.startsWith('SCAN')),
      text,
    ).toEqual([])
  }
})
