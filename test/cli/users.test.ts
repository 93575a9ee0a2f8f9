import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { openStore } from '../../src/store/store.ts'
import { createKey } from '../support/create-key.ts'
import { DATABASES, SQLITE, type TestDatabase } from '../support/databases.ts'
import { run, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'

let cwd: string
let database: TestDatabase
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-users-'))
})
afterEach(async () => {
  await database.remove()
  rmSync(cwd, { recursive: true })
})

const rollcall = (...args: readonly string[]) => run(args, { cwd, env: { DATABASE_URL: database.url } })
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe.each(DATABASES)('on $name', ({ create }) => {
  beforeEach(async () => {
    database = await create()
  })

  it('prints a user, deletes them for good, and lets them be created again', async () => {
    const options = { cwd, env: { DATABASE_URL: database.url } }
    const service = await serve(options)
    for (const contract of contracts) {
      const { key } = await createKey(contract, options)
      const createUser = async () => (await send(service.origin, contract, { key, body: sampleBody(contract) })).status
      expect(await createUser()).toBeLessThan(300)
      const [user] = linesOf((await rollcall('users', 'export', '--contract', contract.name)).stdout)

      const got = await rollcall('users', 'get', contract.name, user.id)
      expect(got).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(got.stdout)).toEqual(user)

      const deleted = await rollcall('users', 'delete', contract.name, user.id)
      expect(deleted).toMatchObject({ code: 0, stdout: '' })
      expect(deleted.stderr).toContain(user.id)
      for (const command of ['get', 'delete']) {
        const { code, stdout, stderr } = await rollcall('users', command, contract.name, user.id)
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
        expect(stderr).toContain(user.id)
      }
      expect(await createUser()).toBeLessThan(300)
    }
    await stop(service)
  })

  it('exports every user, however many there are', async () => {
    const store = await openStore(database.url)
    const at = '2026-11-23T10:00:00.000Z'
    const times = { created_at: at, updated_at: at }
    const profile = JSON.stringify({ name: 'x'.repeat(200) })
    const names = Array.from({ length: 3_000 }, (_, index) => `user-${String(index).padStart(4, '0')}`)
    while (names.length > 0) {
      const rows = names.splice(0, 500).map((id) => {
        return {
          contract: 'one',
          id,
          tenant: null,
          unique_key: id,
          profile,
          password_hash: null,
          created_by: 'key',
          ...times,
        }
      })
      await store.database.insertInto('users').values(rows).execute()
    }
    await store.database.destroy()
    const { code, stdout } = await rollcall('users', 'export')
    expect(code).toBe(0)
    expect(linesOf(stdout).map(({ id }) => Number(id.slice(5)))).toEqual([...Array(3_000).keys()])
  })

  it('exports password hashes when it is asked for them, and never else', async () => {
    const options = { cwd, env: { DATABASE_URL: database.url } }
    const service = await serve(options)
    for (const contract of contracts) {
      const { key } = await createKey(contract, options)
      await send(service.origin, contract, { key, body: sampleBody(contract) })
    }
    await stop(service)
    const plain = linesOf((await rollcall('users', 'export')).stdout)
    const withHashes = linesOf((await rollcall('users', 'export', '--with-password-hashes')).stdout)
    expect(withHashes.map(({ password_hash, ...user }) => user)).toEqual(plain)
    for (const user of plain) expect(user).not.toHaveProperty('password_hash')
    const hashes = withHashes.map(({ password_hash }) => password_hash).filter((hash) => hash !== null)
    expect(hashes.length).toBeGreaterThan(0)
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+$/)
  })

  it.each(['get', 'delete'])('knows no contract that is not there: %s', async (command) => {
    expect(await rollcall('users', command, 'acme', 'a')).toMatchObject({ code: 2, stdout: '' })
  })
})

it('leaves nothing of a deleted user in the files of SQLite, whether it is served or not', async () => {
  database = await SQLITE.create()
  const options = { cwd, env: { DATABASE_URL: database.url } }
  const folder = join(database.url.slice('sqlite:'.length), '..')
  const bytes = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1').toLowerCase())
  const holds = (text: string) => bytes().some((file) => file.includes(text))
  const [contract] = contracts.filter(({ name }) => name === 'garmat')
  if (!contract) throw new Error('there is no garmat')
  const create = async (origin: string, key: string, email: string) => {
    const reply = await send(origin, contract, { key, body: { ...sampleBody(contract), email } })
    return (reply.json() as { id: string }).id
  }

  const service = await serve(options)
  const { key } = await createKey(contract, options)
  const early = await create(service.origin, key, 'early-bird@example.com')
  const late = await create(service.origin, key, 'late-bird@example.com')
  // Enough for pages to be split and filled anew.
  for (let number = 0; number < 300; number += 1) await create(service.origin, key, `other-${number}@example.com`)
  expect([holds('early-bird'), holds('late-bird')]).toEqual([true, true])
  expect((await rollcall('users', 'delete', 'garmat', early)).code).toBe(0)
  expect([holds('early-bird'), holds('late-bird')]).toEqual([false, true])
  await stop(service)
  expect((await rollcall('users', 'delete', 'garmat', late)).code).toBe(0)
  expect([holds('early-bird'), holds('late-bird'), holds('other-299')]).toEqual([false, false, true])
})
