import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
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
])('runs with $pragma = $value', async ({ pragma, value }) => {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(pragma)}`.execute(store.database)
  expect(rows).toEqual([{ [pragma]: value }])
})

it('opens folder and file to their owner only', () => {
  const file = database.url.slice('sqlite:'.length)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
})
