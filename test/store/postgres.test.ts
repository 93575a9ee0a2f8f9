import { afterEach, beforeEach, expect, it } from 'vitest'
import { DatabaseUnavailable } from '../../src/store/database-unavailable.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { POSTGRES, type TestDatabase } from '../support/databases.ts'
import { execute } from '../support/postgres.ts'
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts'

let database: TestDatabase
let proxy: PostgresProxy
let store: Store
beforeEach(async () => {
  database = await POSTGRES.create()
  proxy = await startPostgresProxy(database.url)
  store = await openStore(proxy.url)
})
afterEach(async () => {
  await store.database.destroy()
  await proxy.close()
  await database.remove()
})

const insert = (id: string, uniqueKey = 'a@x') =>
  store.users.insert({
    contract: 'one',
    id,
    tenant: null,
    uniqueKey,
    profile: {},
    passwordHash: null,
    createdBy: 'key',
    createdAt: new Date(),
  })
const ids = async () => (await execute(database.url, 'select id from users')).map(({ id }) => id)
const endConnections = () =>
  execute(
    database.url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )

it('finds an insert whose answer was lost after the commit, and takes it for no duplicate of itself', async () => {
  proxy.decide('lost with its connection')
  expect(await insert('a')).toBe('inserted')
  expect(await ids()).toEqual(['a'])
})

it('knows a duplicate whose answer was lost', async () => {
  await insert('a')
  proxy.decide('lost with its connection')
  expect(await insert('b')).toBe('duplicate')
  expect(await ids()).toEqual(['a'])
})

it('gives up an insert that gets no answer, with its connection, and does not send it again', async () => {
  proxy.decide('never delivered')
  await expect(insert('a')).rejects.toThrow(DatabaseUnavailable)
  await expect.poll(() => proxy.connections()).toBe(0)
  expect(await ids()).toEqual(['a'])
})

it('survives the end of its idle connections', async () => {
  await Promise.all(Array.from({ length: 5 }, (_, id) => insert(`${id}`, `${id}`)))
  await endConnections()
  expect(await insert('a')).toBe('inserted')
  expect(await store.users.isTaken('one', 'a@x')).toBe(true)
})

it('survives the end of its busy connections', async () => {
  let ending = true
  const inserts = Promise.all(
    Array.from({ length: 4 }, async (_, client) => {
      const outcomes: string[] = []
      while (ending) outcomes.push(await insert(`${client} ${outcomes.length}`, `${client} ${outcomes.length}`))
      return outcomes
    }),
  )
  for (let times = 0; times < 5; times += 1) await endConnections()
  ending = false
  const outcomes = (await inserts).flat()
  expect(new Set(outcomes)).toEqual(new Set(['inserted']))
  expect(await ids()).toHaveLength(outcomes.length)
})

it('tries again when the server rolls an insert back for the sake of another', async () => {
  await execute(
    database.url,
    `alter database ${new URL(database.url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`,
  )
  await endConnections()
  for (const round of ['a', 'b', 'c']) {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, id) => insert(`${round} ${id}`, round)))
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(19)
  }
})

it('ends a stream with an error when its connection ends', async () => {
  await Promise.all(Array.from({ length: 300 }, (_, id) => insert(`${id}`, `${id}`)))
  const read = async () => {
    let users = 0
    for await (const _ of store.users.stream({})) {
      users += 1
      if (users === 50) await endConnections()
    }
  }
  await expect(read()).rejects.toThrow()
  // The pool drops its broken connections one by one, as they are used.
  await expect.poll(() => ids().then(({ length }) => length, String)).toBe(300)
})

it('opens a bounded number of connections', async () => {
  await Promise.all(Array.from({ length: 100 }, () => store.users.isTaken('one', 'a@x')))
  expect(proxy.connections()).toBeLessThanOrEqual(10)
})
