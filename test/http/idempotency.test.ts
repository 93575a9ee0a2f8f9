import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Contract, Refusal } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'
import { validBodies } from '../support/valid-bodies.ts'

const hourMs = 3_600_000

describe.each(DATABASES)('on $name', ({ create }) => {
  let database: TestDatabase
  let services: Service[]
  beforeEach(async () => {
    database = await create()
    services = []
  })
  afterEach(async () => {
    vi.useRealTimers()
    await Promise.all(services.map(({ close }) => close()))
    await database.remove()
  })

  async function start(options: Parameters<typeof startService>[0] = {}): Promise<Service> {
    const service = await startService({ databaseUrl: database.url, ...options })
    services.push(service)
    return service
  }

  const counted = async ({ store }: Service, table: 'users' | 'idempotency_replies') =>
    (await store.database.selectFrom(table).selectAll().execute()).length

  describe.each(contracts)('$name', (contract) => {
    const ask = async ({ origin }: Pick<Service, 'origin'>, key: string, idempotencyKey: string, body?: unknown) => {
      const headers = { 'Idempotency-Key': idempotencyKey }
      const { status, text } = await send(origin, contract, { key, body: body ?? sampleBody(contract), headers })
      return { status, text }
    }

    it('gives the first reply again, byte for byte, by another instance and after a restart', async () => {
      const [first, second] = [await start(), await start()]
      const key = await first.keyFor(contract)
      const created = await ask(first, key, 'once')
      expect(created.status, created.text).toBeLessThan(300)

      expect(await ask(first, key, 'once')).toEqual(created)
      expect(await ask(second, key, 'once')).toEqual(created)
      expect(await ask(first, key, '"once"')).toEqual(created)
      await Promise.all(services.splice(0).map(({ close }) => close()))
      const restarted = await start()
      expect(await ask(restarted, key, 'once')).toEqual(created)
      expect(await counted(restarted, 'users')).toBe(1)
      expect(restarted.logged()).toContain('"isRepeated":true')
    })

    it('refuses another body under the same text', async () => {
      const service = await start()
      const key = await service.keyFor(contract)
      const [one, other] = await validBodies(contract, 2)
      const created = await ask(service, key, 'once', one)
      expect(await ask(service, key, 'once', other)).toEqual(await refusal(contract, { kind: 'idempotencyMismatch' }))
      expect(await ask(service, key, 'once', one)).toEqual(created)
      expect(await counted(service, 'users')).toBe(1)
    })

    it('takes the same text with another API key for another attempt', async () => {
      const service = await start()
      const [one, other] = await validBodies(contract, 2)
      const answers = [
        await ask(service, await service.keyFor(contract), 'once', one),
        await ask(service, await service.keyFor(contract), 'once', other),
      ]
      for (const { status, text } of answers) expect(status, text).toBeLessThan(300)
      expect(await counted(service, 'users')).toBe(2)
    })

    it('judges anew what was refused', async () => {
      const service = await start()
      const key = await service.keyFor(contract)
      expect((await ask(service, key, 'once', {})).status).toBe(400)
      const taken = await ask(service, key, 'other')
      const duplicate = await ask(service, key, 'once')
      expect(duplicate.status).toBeGreaterThanOrEqual(400)
      expect(await counted(service, 'idempotency_replies')).toBe(1)

      await service.store.database.deleteFrom('users').execute()
      expect(await counted(service, 'idempotency_replies')).toBe(0)
      expect((await ask(service, key, 'once')).status).toBe(taken.status)
    })

    it('keeps a reply for 24 hours', async () => {
      vi.useFakeTimers({ toFake: ['Date'] })
      const service = await start()
      const key = await service.keyFor(contract)
      const [one, other] = await validBodies(contract, 2)
      const created = await ask(service, key, 'once', one)
      vi.setSystemTime(Date.now() + 24 * hourMs - 1000)
      expect(await ask(service, key, 'once', one)).toEqual(created)
      await service.store.replies.removeExpired(new Date())
      expect(await counted(service, 'idempotency_replies')).toBe(1)

      vi.setSystemTime(Date.now() + 1000)
      expect((await ask(service, key, 'once', other)).status).toBe(created.status)
      expect(await counted(service, 'users')).toBe(2)
      expect(await counted(service, 'idempotency_replies')).toBe(1)
    })

    it('lets one of many requests at once create the user, on two instances', async () => {
      const instances = [await start(), await start()] as const
      const key = await instances[0].keyFor(contract)
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ask(instances[(index % 2) as 0 | 1], key, 'once')),
      )
      const running = await refusal(contract, { kind: 'requestInProgress' })
      const others = answers.filter(({ text }) => text !== running.text)
      expect(new Set(others.map(({ text }) => text)).size).toBe(1)
      expect(others[0]?.status).toBeLessThan(300)
      expect(await counted(instances[0], 'users')).toBe(1)
    })

    it('lets one of several bodies at once create a user, on two instances', async () => {
      const instances = [await start(), await start()] as const
      const key = await instances[0].keyFor(contract)
      const bodies = await validBodies(contract, 10)
      const answers = await Promise.all(
        bodies.map((body, index) => ask(instances[(index % 2) as 0 | 1], key, 'once', body)),
      )
      const allowed = [
        await refusal(contract, { kind: 'requestInProgress' }),
        await refusal(contract, { kind: 'idempotencyMismatch' }),
      ].map(({ text }) => text)
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
      expect(answers.filter(({ text }) => allowed.includes(text))).toHaveLength(9)
      expect(await counted(instances[0], 'users')).toBe(1)
      expect(await counted(instances[0], 'idempotency_replies')).toBe(1)
    })

    it.each([
      { name: '255 characters', text: 'x'.repeat(255), isTaken: true },
      { name: '255 characters in quotation marks', text: `"${'x'.repeat(255)}"`, isTaken: true },
      { name: 'characters of Latin-1', text: 'é', isTaken: true },
      { name: '256 characters', text: 'x'.repeat(256), isTaken: false },
      { name: '256 characters in quotation marks', text: `"${'x'.repeat(256)}"`, isTaken: false },
      { name: 'no character in quotation marks', text: '""', isTaken: false },
      { name: 'one quotation mark', text: '"', isTaken: false },
    ])('has $name as a key: $isTaken', async ({ text, isTaken }) => {
      const service = await start()
      const key = await service.keyFor(contract)
      const answers = [await ask(service, key, text), await ask(service, key, text)]
      expect(answers[1]).toEqual(answers[0])
      expect(answers[0]?.status).toBe(isTaken ? (await ask(service, key, text)).status : 400)
      if (!isTaken) expect(answers[0]?.text).toContain('Idempotency-Key')
      expect(await counted(service, 'users')).toBe(isTaken ? 1 : 0)
    })
  })

  it('keeps no fingerprint that its API key does not protect', async () => {
    const service = await start()
    const [contract] = contracts as [Contract]
    const prints = []
    for (let client = 0; client < 2; client += 1) {
      const key = await service.keyFor(contract)
      await send(service.origin, contract, { key, body: sampleBody(contract), headers: { 'Idempotency-Key': 'once' } })
      const [row] = await service.store.database.selectFrom('idempotency_replies').selectAll().execute()
      prints.push(row?.fingerprint)
      await service.store.database.deleteFrom('users').execute()
    }
    expect(prints[0]).toMatch(/^[\w-]{43}$/)
    expect(prints[1]).not.toBe(prints[0])
  })

  it('removes thousands of expired replies and leaves the others', async () => {
    const { store } = await start()
    const at = new Date('2026-01-01T00:00:00Z')
    for (const [index, createdAt] of [
      ...Array.from({ length: 2_500 }, () => at),
      new Date(at.getTime() + 1),
    ].entries()) {
      const user = { id: `${index}`, tenant: null, uniqueKey: `${index}`, profile: {}, passwordHash: null }
      const attempt = { keyId: 'key', idempotencyKey: `${index}`, fingerprint: 'print' }
      const stored = await store.users.insert(
        { ...user, contract: 'one', createdBy: 'key', createdAt },
        { attempt, reply: { status: 201, body: {} } },
      )
      expect(stored).toBe('inserted')
    }
    await store.replies.removeExpired(new Date(at.getTime() + 24 * hourMs))
    const left = await store.database.selectFrom('idempotency_replies').select('idempotency_key').execute()
    expect(left).toEqual([{ idempotency_key: '2500' }])
  })
})

async function refusal(contract: Contract, kind: Refusal) {
  const { status, body } = await contract.refuse(kind, { isTaken: async () => false })
  return { status, text: JSON.stringify(body) }
}
