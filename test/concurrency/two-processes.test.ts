import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { createKey } from '../support/create-key.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { type Options, type Running, run, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'

describe.each(DATABASES)('two processes on one $name', ({ create }) => {
  let database: TestDatabase
  let options: Options
  let services: (Running & { readonly origin: string })[]
  beforeEach(async () => {
    database = await create()
    options = { cwd: mkdtempSync(join(tmpdir(), 'rollcall-two-')), env: { DATABASE_URL: database.url } }
    services = await Promise.all([serve(options), serve(options)])
  })
  afterEach(async () => {
    await Promise.all(services.map(stop))
    await database.remove()
    rmSync(options.cwd, { recursive: true })
  })

  it('make one set of keys when they start at once', async () => {
    const curls = services.flatMap(({ stdout }) => stdout().split('\n')).filter((line) => line.startsWith('curl '))
    expect(curls).toHaveLength(contracts.length)
    expect(JSON.parse((await run(['keys', 'list', '--json'], options)).stdout)).toHaveLength(contracts.length)
  })

  it('let one of many equal requests win, wherever they were sent', async () => {
    for (const contract of contracts) {
      const { key } = await createKey(contract, options)
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          send(services[index % 2]?.origin ?? '', contract, { key, body: sampleBody(contract) }),
        ),
      )
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
      const refused = answers.filter(({ status }) => status >= 400 && status < 500)
      expect(new Set(refused.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect(refused).toHaveLength(39)
    }
    const users = JSON.parse((await run(['users', 'list', '--json'], options)).stdout)
    expect(users).toHaveLength(contracts.length)
  })

  it('refuse a key that was revoked elsewhere, two seconds later at the latest', async () => {
    for (const contract of contracts) {
      const { id, key } = await createKey(contract, options)
      for (const { origin } of services) {
        expect((await send(origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(410)
      }
      expect((await run(['keys', 'revoke', id], options)).code).toBe(0)
      for (const { origin } of services) {
        const refused = async () => (await send(origin, contract, { key, body: sampleBody(contract) })).status
        await expect.poll(refused, { timeout: 2_500 }).toBe(401)
      }
    }
  })
})
