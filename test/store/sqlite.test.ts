import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DatabaseUnavailable } from '../../src/store/database-unavailable.ts'
import { openStore, type Store } from '../../src/store/store.ts'
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
