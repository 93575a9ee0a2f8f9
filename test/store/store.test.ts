import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NewUser } from '../../src/contracts/contract.ts'
import { engineOf, migrate } from '../../src/store/database.ts'
import type { NewKey } from '../../src/store/key-store.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { StoredUser } from '../../src/store/user-store.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'

const now = new Date('2026-01-02T03:04:05.678Z')
const user = (id: string, uniqueKey: string, contract = 'one') => ({
  ...({ id, tenant: 'shop', uniqueKey, profile: { name: 'Žofie 𝒵' }, passwordHash: '$argon2id$…' } satisfies NewUser),
  contract,
  createdBy: 'key',
  createdAt: now,
})
const key = (secret: string, more: Partial<NewKey> = {}): NewKey => ({
  contract: 'one',
  key: secret,
  label: '',
  role: null,
  tenant: null,
  expiresAt: null,
  ...more,
})

describe.each(DATABASES)('on $name', ({ create }) => {
  let database: TestDatabase
  let store: Store
  beforeEach(async () => {
    database = await create()
    store = await openStore(database.url)
  })
  afterEach(async () => {
    await store.database.destroy()
    await database.remove()
  })

  const all = async (filter = {}) => {
    const users: StoredUser[] = []
    for await (const row of store.users.stream(filter)) users.push(row)
    return users
  }

  describe('the user store', () => {
    it('keeps what it inserts', async () => {
      expect(await store.users.insert(user('a', 'a@x'))).toBe('inserted')
      expect(await all()).toEqual([
        {
          contract: 'one',
          id: 'a',
          tenant: 'shop',
          profile: { name: 'Žofie 𝒵' },
          created_by: 'key',
          created_at: '2026-01-02T03:04:05.678Z',
          updated_at: '2026-01-02T03:04:05.678Z',
        },
      ])
    })

    it('takes a unique key once in a contract', async () => {
      expect(await store.users.insert(user('a', 'a@x'))).toBe('inserted')
      expect(await store.users.insert(user('b', 'a@x'))).toBe('duplicate')
      expect(await store.users.insert(user('b', 'a@x', 'two'))).toBe('inserted')
      expect(await store.users.isTaken('one', 'a@x')).toBe(true)
      expect(await store.users.isTaken('one', 'b@x')).toBe(false)
    })

    it('takes an id that is there for a fault, not for a duplicate', async () => {
      await store.users.insert(user('a', 'a@x'))
      await expect(store.users.insert(user('a', 'b@x'))).rejects.toThrow()
    })

    it('lets one of many equal inserts win', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, id) => store.users.insert(user(`${id}`, 'a@x'))),
      )
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(49)
    })

    it.each([
      { fault: 'an id that is there', row: { ...user('first', 'other@x') } },
      { fault: 'no creator', row: { ...user('nobody', 'nobody@x'), createdBy: null as never } },
    ])('stores the rest of a batch in which one row has $fault', async ({ row }) => {
      await store.users.insert(user('first', 'first@x'))
      const others = Array.from({ length: 20 }, (_, id) => store.users.insert(user(`${id}`, `${id}@x`)))
      const failing = store.users.insert(row)
      const duplicate = store.users.insert(user('again', 'first@x'))
      await expect(failing).rejects.toThrow()
      expect(new Set(await Promise.all(others))).toEqual(new Set(['inserted']))
      expect(await duplicate).toBe('duplicate')
      expect(await all()).toHaveLength(21)
    })

    it('keeps a batch and an explicit transaction apart', async () => {
      const outcome = await store.database
        .transaction()
        .execute(async (db) => {
          await db.deleteFrom('users').execute()
          const inserted = store.users.insert(user('a', 'a@x'))
          await new Promise(setImmediate)
          throw new Error('rolled back', { cause: { inserted } })
        })
        .catch((error) => error.cause.inserted)
      expect(outcome).toBe('inserted')
      expect(await all()).toHaveLength(1)
    })

    it('streams users in the order of contract and id, as many as asked for', async () => {
      for (const id of ['c', 'a', 'b']) await store.users.insert(user(id, id))
      await store.users.insert(user('a', 'a', 'another'))
      expect((await all()).map(({ contract, id }) => `${contract} ${id}`)).toEqual([
        'another a',
        'one a',
        'one b',
        'one c',
      ])
      expect((await all({ contract: 'one', limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
    })

    it('compares and orders text by its bytes', async () => {
      for (const id of ['a', 'B', 'ä', '-c', 'é', 'e\u0301']) {
        expect(await store.users.insert(user(id, id))).toBe('inserted')
      }
      const ids = (await all()).map(({ id }) => id)
      expect(ids).toEqual([...ids].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))))
    })

    it('can be left in the middle of a stream', async () => {
      for (let id = 0; id < 250; id += 1) await store.users.insert(user(`${id}`, `${id}`))
      for await (const { id } of store.users.stream({})) {
        if (id === '10') break
      }
      expect(await all()).toHaveLength(250)
    })
  })

  describe('the user store, for operators', () => {
    it('finds a user by contract and id', async () => {
      await store.users.insert(user('a', 'a@x'))
      await store.users.insert(user('b', 'b@x'))
      expect(await store.users.find('one', 'a')).toEqual((await all())[0])
      expect(await store.users.find('two', 'a')).toBeUndefined()
      expect(await store.users.find('one', 'A')).toBeUndefined()
    })

    it('deletes one user, whose unique key is free again', async () => {
      for (const contract of ['one', 'two']) await store.users.insert(user('a', 'a@x', contract))
      await store.users.insert(user('b', 'b@x'))
      expect(await store.users.delete('one', 'a')).toBe('deleted')
      expect(await store.users.delete('one', 'a')).toBe('unknown')
      expect((await all()).map(({ contract, id }) => `${contract} ${id}`)).toEqual(['one b', 'two a'])
      expect(await store.users.insert(user('c', 'a@x'))).toBe('inserted')
    })

    it('streams password hashes when they are asked for', async () => {
      await store.users.insert(user('a', 'a@x'))
      const [plain] = await all()
      expect(plain).not.toHaveProperty('password_hash')
      expect(await all({ withPasswordHashes: true })).toEqual([{ ...plain, password_hash: '$argon2id$…' }])
    })
  })

  describe('the key store', () => {
    it('finds the holder of a key by contract', async () => {
      const [row] = await store.keys.insert([key('secret', { role: 'admin', tenant: '7' })], now)
      expect(await store.keys.find('one', 'secret', now)).toEqual({ keyId: row?.id, role: 'admin', tenant: '7' })
      expect(await store.keys.find('two', 'secret', now)).toBeUndefined()
      expect(await store.keys.find('one', 'Secret', now)).toBeUndefined()
    })

    it('finds nobody for a revoked or expired key', async () => {
      const [revoked] = await store.keys.insert([key('revoked')], now)
      await store.keys.insert([key('expired', { expiresAt: now })], now)
      expect(await store.keys.revoke(revoked?.id ?? '', now)).toBe('revoked')
      expect(await store.keys.find('one', 'revoked', now)).toBeUndefined()
      expect(await store.keys.find('one', 'expired', now)).toBeUndefined()
      expect(await store.keys.find('one', 'expired', new Date(now.getTime() - 1))).toBeDefined()
    })

    it('keeps the time of the first revocation, and knows no key that is not there', async () => {
      const [row] = await store.keys.insert([key('secret')], now)
      await store.keys.revoke(row?.id ?? '', now)
      expect(await store.keys.revoke(row?.id ?? '', new Date())).toBe('revoked')
      expect(await store.keys.list()).toMatchObject([{ revoked_at: now.toISOString() }])
      expect(await store.keys.revoke('nobody', now)).toBe('unknown')
    })

    it('inserts keys of fixed ids once', async () => {
      const pair = (mark: string) => ['x', 'y'].map((id) => key(`${id} ${mark}`, { id }))
      const made = await Promise.all([store.keys.insert(pair('1'), now), store.keys.insert(pair('2'), now)])
      expect(made.map((rows) => rows.length).sort()).toEqual([0, 2])
    })

    it('leaves a key alone that is there already', async () => {
      await store.keys.insert([key('secret')], now)
      for (const contract of ['one', 'two']) {
        expect(await store.keys.insert([key('secret', { contract })], now)).toEqual([])
      }
      expect(await store.keys.list()).toHaveLength(1)
    })

    it('keeps no key in clear and lists no hash', async () => {
      await store.keys.insert([key('very-secret')], now)
      const rows = await store.database.selectFrom('api_keys').selectAll().execute()
      expect(JSON.stringify(rows)).not.toContain('very-secret')
      expect(Object.keys((await store.keys.list())[0] ?? {})).not.toContain('key_hash')
    })
  })

  it('has nothing to migrate the second time', async () => {
    expect(await migrate(store.database, await engineOf(database.url))).toEqual([])
  })

  it('keeps users and keys when it is opened again', async () => {
    await store.users.insert(user('a', 'a@x'))
    await store.keys.insert([key('secret')], now)
    await store.database.destroy()
    store = await openStore(database.url)
    expect(await store.users.insert(user('b', 'a@x'))).toBe('duplicate')
    expect(await store.keys.find('one', 'secret', now)).toBeDefined()
  })
})
