import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, engineOf, openDatabase } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { DATABASES, POSTGRES, SQLITE, type TestDatabase } from '../support/databases.ts'
import { run } from '../support/rollcall.ts'

const now = '2026-01-02T03:04:05.678Z'
const user = (number: number) => ({
  contract: number % 2 === 0 ? 'bizcare' : 'garmat',
  id: `user-${number}`,
  tenant: number % 3 === 0 ? null : 'Obchod „Žofie“',
  unique_key: `žofie-${number}@example.com`,
  profile: JSON.stringify({ name: `Žofie 𝒵 e\u0301 ${number}`, note: 'a\n\t"\\' }),
  password_hash: number % 5 === 0 ? null : `$argon2id$v=19$m=19456,t=2,p=1$${number}`,
  created_by: 'key-1',
  created_at: now,
  updated_at: now,
})
const key = (id: string) => ({
  id,
  contract: 'garmat',
  label: 'web „shop“',
  key_hash: createHash('sha256').update(id).digest('hex'),
  tenant: null,
  role: null,
  created_at: now,
  expires_at: null,
  revoked_at: null,
})
// More than two batches.
const users = Array.from({ length: 1_203 }, (_, number) => user(number))
const keys = [
  { ...key('key-1'), role: 'customer_admin', tenant: '293f191b-f2e6-4dde-bcab-00b10fdb8cf4', expires_at: now },
  { ...key('key-2'), revoked_at: now },
]

const reply = {
  key_id: 'key-1',
  idempotency_key: 'objednávka "1"',
  fingerprint: 'print',
  reply: JSON.stringify({ status: 200, body: { name: 'Žofie 𝒵' } }),
  contract: 'bizcare',
  user_id: 'user-0',
  created_at: now,
  expires_at: '2026-01-03T03:04:05.678Z',
}

async function on<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(await engineOf(url))
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

async function prepare(url: string) {
  await (await openStore(url)).database.destroy()
}

async function fill(url: string) {
  await prepare(url)
  await on(url, async (database) => {
    await database.insertInto('users').values(users).execute()
    await database.insertInto('api_keys').values(keys).execute()
    await database.insertInto('idempotency_replies').values(reply).execute()
  })
}

const rowsOf = (url: string) =>
  on(url, async (database) => ({
    users: await database.selectFrom('users').selectAll().orderBy('contract').orderBy('id').execute(),
    keys: await database.selectFrom('api_keys').selectAll().orderBy('id').execute(),
    replies: await database.selectFrom('idempotency_replies').selectAll().execute(),
  }))

let cwd: string
let databases: TestDatabase[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-move-'))
  databases = []
})
afterEach(async () => {
  await Promise.all(databases.map(({ remove }) => remove()))
  rmSync(cwd, { recursive: true })
})
async function createOn({ create }: (typeof DATABASES)[number]) {
  const database = await create()
  databases.push(database)
  return database.url
}

const move = (from: string, to: string) => run(['move', '--from', from, '--to', to], { cwd })

/** How a target is made to refuse a row, and to take it again. */
const OBSTACLES = {
  SQLite: {
    put: "create trigger refuse before insert on users when new.id = 'user-901' begin select raise(abort, 'no'); end",
    remove: 'drop trigger refuse',
  },
  PostgreSQL: {
    put: "alter table users add constraint refuse check (id <> 'user-901')",
    remove: 'alter table users drop constraint refuse',
  },
}

describe.each(DATABASES.flatMap((from) => DATABASES.map((to) => ({ from, to }))))(
  'from $from.name to $to.name',
  ({ from, to }) => {
    let source: string
    let target: string
    beforeEach(async () => {
      source = await createOn(from)
      target = await createOn(to)
      await fill(source)
    })

    it('copies every column of every row, once', async () => {
      const before = await rowsOf(source)
      expect(before.users).toHaveLength(users.length)
      const first = await move(source, target)
      expect(first).toEqual({
        code: 0,
        stdout: '',
        stderr:
          'api_keys: 2 of 2 rows copied, 0 left alone.\nusers: 1203 of 1203 rows copied, 0 left alone.\nidempotency_replies: 1 of 1 rows copied, 0 left alone.\n',
      })
      expect(await rowsOf(target)).toEqual(before)
      expect(await rowsOf(source)).toEqual(before)

      const second = await move(source, target)
      expect(second.code).toBe(0)
      expect(second.stderr).toContain('users: 0 of 1203 rows copied, 1203 left alone.')
      expect(await rowsOf(target)).toEqual(before)
    })

    it('goes on where it was interrupted', async () => {
      await prepare(target)
      const { put, remove } = OBSTACLES[to.name as keyof typeof OBSTACLES]
      await on(target, (database) => sql.raw(put).execute(database))
      const interrupted = await move(source, target)
      expect(interrupted.code).toBe(1)
      expect(interrupted.stderr).toContain('run again')
      const { length } = (await rowsOf(target)).users
      expect(length).toBeGreaterThan(0)
      expect(length).toBeLessThan(users.length)

      await on(target, (database) => sql.raw(remove).execute(database))
      const resumed = await move(source, target)
      expect(resumed.code).toBe(0)
      expect(resumed.stderr).toContain(`users: ${users.length - length} of 1203 rows copied, ${length} left alone.`)
      expect(await rowsOf(target)).toEqual(await rowsOf(source))
    })

    it('names a row whose unique key another row has, and keeps that one', async () => {
      await prepare(target)
      const other = { ...user(7), id: 'other' }
      await on(target, (database) => database.insertInto('users').values(other).execute())
      const { code, stderr } = await move(source, target)
      expect(code).toBe(1)
      expect(stderr).toContain('users: the target has other rows in the place of garmat user-7\n')
      expect(stderr).not.toContain('example.com')
      expect((await rowsOf(target)).users.filter(({ unique_key }) => unique_key === other.unique_key)).toEqual([other])
    })

    it('names a row that has changed since it was copied', async () => {
      expect((await move(source, target)).code).toBe(0)
      const revoke = (database: Database) => database.updateTable('api_keys').set({ revoked_at: now }).execute()
      await on(source, revoke)
      const { code, stderr } = await move(source, target)
      expect(code).toBe(1)
      expect(stderr).toContain('api_keys: the target has other rows in the place of key-1\n')
    })

    it('fails when the target has more rows', async () => {
      await prepare(target)
      await on(target, (database) => database.insertInto('users').values(user(9_999)).execute())
      const { code, stderr } = await move(source, target)
      expect(code).toBe(1)
      expect(stderr).toContain('users: the source has 1203 rows, the target 1204\n')
    })
  },
)

it('reads a file without a change to it', async () => {
  const source = await createOn(SQLITE)
  await fill(source)
  // A connection that the collector frees later would write what is left in the log.
  await on(source, (database) => sql`pragma wal_checkpoint(truncate)`.execute(database))
  const file = source.slice('sqlite:'.length)
  const before = readFileSync(file)
  expect((await move(source, 'sqlite:./copy.db')).code).toBe(0)
  expect(readFileSync(file).equals(before)).toBe(true)
})

it.each([
  { claim: 'a file that is not there', from: 'sqlite:./missing/none.db' },
  { claim: 'a server that cannot be reached', from: 'postgres://user:very-secret@127.0.0.1:1/db' },
])('makes nothing for $claim', async ({ from }) => {
  const { code, stderr } = await move(from, 'sqlite:./target.db')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^rollcall: the source cannot be read/)
  expect(stderr).not.toContain('very-secret')
  expect(existsSync(join(cwd, 'missing'))).toBe(false)
  expect(existsSync(join(cwd, 'target.db'))).toBe(false)
})

it('does not bring the tables of its source up to date', async () => {
  for (const engine of DATABASES) {
    const source = await createOn(engine)
    await fill(source)
    await on(source, (database) => sql`delete from kysely_migration`.execute(database))
    const { code, stderr } = await move(source, 'sqlite:./target.db')
    expect(code).toBe(1)
    expect(stderr).toContain('another version')
    const { rows } = await on(source, (database) => sql`select * from kysely_migration`.execute(database))
    expect(rows).toEqual([])
  }
})

it.each([
  { claim: 'one database twice', from: 'sqlite:./data/a.db', to: 'sqlite:data/a.db', says: 'same database' },
  { claim: 'a target in memory', from: 'sqlite:a.db', to: 'sqlite::memory:', says: '--to' },
  { claim: 'a source of another kind', from: 'mysql://user:very-secret@host/db', to: 'sqlite:a.db', says: '--from' },
  { claim: 'a target that is no URL', from: 'sqlite:a.db', to: 'postgres://user:very-#-secret@host/db', says: '--to' },
])('takes $claim for wrong usage', async ({ from, to, says }) => {
  const { code, stdout, stderr } = await move(from, to)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(says)
  expect(stderr).not.toMatch(/very|secret/)
})

it('takes DATABASE_URL for the database that is not named', async () => {
  const source = await createOn(SQLITE)
  const target = await createOn(POSTGRES)
  await fill(source)
  const ended = await run(['move', '--from', source], { cwd, env: { DATABASE_URL: target } })
  expect(ended.code).toBe(0)
  expect(await rowsOf(target)).toEqual(await rowsOf(source))
  expect((await run(['move'], { cwd, env: { DATABASE_URL: source } })).code).toBe(2)
})
