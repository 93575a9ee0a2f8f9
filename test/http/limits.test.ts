import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Contract, Limit } from '../../src/contracts/contract.ts'
import { operationsOf, type RateLimits, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

const start = new Date('2026-11-23T10:00:00.250Z')

let service: Service
// Time moves when a test says so. Timers are left alone: HTTP needs them.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(async () => {
  vi.useRealTimers()
  await service.close()
})

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

function limitsOf(contract: Contract): RateLimits {
  const limits = readDocument(contract.name)['x-rate-limits']
  if (!limits) throw new Error(`${contract.name} has no limits`)
  return limits
}

/** What a contract answers over a limit. */
async function limited(contract: Contract, limit: Limit) {
  const { status, body } = await contract.refuse({ kind: 'limited', limit }, { isTaken: async () => false })
  return { status, body, headers: headersOf(contract, limit, 429), retryAfter: String(limit.retryAfterSeconds) }
}

/** The headers that tell of a limit on an answer of that status, as `fetch` gives them: those that the document has. */
function headersOf(contract: Contract, limit: Limit, status: number): readonly (readonly [string, string])[] {
  const documented = operationsOf(readDocument(contract.name)).flatMap(({ operation }) =>
    Object.keys(operation.responses[status]?.headers ?? {}).filter((name) => name.startsWith('X-RateLimit')),
  )
  const headers = contract.limitHeaders?.(limit) ?? {}
  return documented.map((name) => [name.toLowerCase(), headers[name] ?? `no ${name}`])
}

function standing(requestsMax: number, windowSeconds: number, sent: number, retryAfterSeconds = windowSeconds): Limit {
  const ends = Date.now() + retryAfterSeconds * 1000
  return {
    requestsMax,
    windowSeconds,
    remaining: Math.max(0, requestsMax - sent),
    resetAt: new Date(Math.ceil(ends / 1000) * 1000),
    retryAfterSeconds,
  }
}

function summary({ status, headers, json }: Awaited<ReturnType<typeof send>>) {
  const limitHeaders = [...headers].filter(([name]) => name.startsWith('x-ratelimit'))
  return { status, body: json(), headers: limitHeaders, retryAfter: headers.get('Retry-After') }
}

const withLimits = contracts.filter(({ name }) => readDocument(name)['x-rate-limits'])

describe.each(withLimits)('$name', (contract) => {
  const { failedCredentials } = limitsOf(contract)
  const create = (key: string, headers: Record<string, string> = {}) =>
    send(service.origin, contract, { key, headers, body: {} })
  const fail = async (times: number, headers: Record<string, string> = {}) => {
    for (let time = 0; time < times; time++) expect((await create('nobody', headers)).status).toBe(401)
  }

  it('counts requests down, refuses those over the limit, and opens a new window', async () => {
    service = await startService({ rateLimit: 3 })
    const key = await service.keyFor(contract)
    const other = await service.keyFor(contract)
    for (let sent = 1; sent <= 3; sent++) {
      const answer = summary(await create(key))
      const headers = headersOf(contract, standing(3, 60, sent), 400)
      expect(answer).toMatchObject({ status: 400, retryAfter: null })
      expect(answer.headers).toEqual(headers)
    }
    pass(15)
    for (let sent = 4; sent <= 5; sent++) {
      expect(summary(await create(key))).toEqual(await limited(contract, standing(3, 60, sent, 45)))
    }
    expect((await create(other)).status).toBe(400)
    pass(45)
    expect((await create(key)).status).toBe(400)
  })

  it('tells of the limit on success', async () => {
    service = await startService({ rateLimit: 'documented' })
    const [limit] = limitsOf(contract).perKey
    const answer = await send(service.origin, contract, {
      key: await service.keyFor(contract),
      body: sampleBody(contract),
    })
    expect(answer.status).toBeLessThan(300)
    const headers = headersOf(contract, standing(limit?.requests ?? 0, limit?.seconds ?? 0, 1), answer.status)
    expect([...answer.headers].filter(([name]) => name.startsWith('x-ratelimit'))).toEqual(headers)
  })

  it('judges the limit after the credential and before the body', async () => {
    service = await startService({ rateLimit: 1 })
    const key = await service.keyFor(contract)
    await create(key)
    const wrong = [
      { body: '{', headers: {} },
      { body: '{}', headers: { 'Content-Type': 'text/plain' } },
      { body: ' '.repeat(102_401), headers: {} },
    ]
    for (const { body, headers } of wrong) {
      expect((await send(service.origin, contract, { key, body, headers })).status).toBe(429)
    }
    const [{ body, headers }] = wrong as [(typeof wrong)[number]]
    expect((await send(service.origin, contract, { body, headers })).status).toBe(401)
  })

  it('does not count what no method takes', async () => {
    service = await startService({ rateLimit: 1 })
    const key = await service.keyFor(contract)
    for (const method of ['HEAD', 'OPTIONS', 'GET', 'PUT']) {
      const answer = await send(service.origin, contract, { key, method })
      expect([204, 404, 405]).toContain(answer.status)
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
    }
    expect((await create(key)).status).toBe(400)
  })

  it('counts failed credentials by address, and lets a valid key pass', async () => {
    service = await startService({ rateLimit: 'documented' })
    const key = await service.keyFor(contract)
    const { requests, seconds } = failedCredentials
    const first = await create('nobody')
    const headers = headersOf(contract, standing(requests, seconds, 1), 401)
    expect(summary(first).headers).toEqual(headers)
    await fail(requests - 1)
    expect(summary(await create('nobody'))).toEqual(await limited(contract, standing(requests, seconds, requests + 1)))
    expect((await create(key)).status).toBe(400)
    pass(seconds)
    expect((await create('nobody')).status).toBe(401)
  })

  it('believes no X-Forwarded-For unless a proxy stands in front', async () => {
    service = await startService({ rateLimit: 'documented' })
    for (let last = 1; last <= failedCredentials.requests; last++)
      await fail(1, { 'X-Forwarded-For': `192.0.2.${last}` })
    expect((await create('nobody', { 'X-Forwarded-For': '198.51.100.1' })).status).toBe(429)
  })

  it('puts a number in the place of every limit, that of failed credentials too', async () => {
    service = await startService({ rateLimit: 2 })
    await fail(2)
    expect((await create('nobody')).status).toBe(429)
    pass(60)
    expect((await create('nobody')).status).toBe(401)
  })

  it('limits nothing when it is switched off', async () => {
    service = await startService({ rateLimit: 'off' })
    await fail(failedCredentials.requests + 1)
    const key = await service.keyFor(contract)
    expect(summary(await create(key))).toMatchObject({ status: 400, headers: [] })
  })
})

describe('behind proxies', () => {
  const [contract] = withLimits as [Contract]
  const { requests } = limitsOf(contract).failedCredentials

  it.each([
    { proxies: 1, spent: '192.0.2.1', same: '203.0.113.9, 192.0.2.1', other: '192.0.2.1, 203.0.113.9' },
    {
      proxies: 2,
      spent: '192.0.2.1, 10.0.0.1',
      same: '6.6.6.6, 192.0.2.1, 10.0.0.2',
      other: '192.0.2.1, 192.0.2.2, 10.0.0.1',
    },
    { proxies: 1, spent: '2001:db8:1:2::1', same: '2001:DB8:1:2:ffff::9', other: '2001:db8:1:3::1' },
    { proxies: 1, spent: '192.0.2.1', same: '::ffff:192.0.2.1', other: '::ffff:192.0.2.2' },
    { proxies: 1, spent: 'unknown', same: '192.0.2.1:5678', other: '192.0.2.1' },
  ])('of $proxies takes $same for $spent, and not $other', async ({ proxies, spent, same, other }) => {
    service = await startService({ rateLimit: 'documented', proxies })
    const fail = async (address: string) => {
      const headers = { 'X-Forwarded-For': address }
      return (await send(service.origin, contract, { key: 'nobody', headers, body: {} })).status
    }
    for (let time = 0; time < requests; time++) expect(await fail(spent)).toBe(401)
    expect(await fail(same)).toBe(429)
    expect(await fail(other)).toBe(401)
  })
})

it.each([
  {
    name: 'bizcare',
    headers: {
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-reset': '2026-11-23T10:01:01Z',
      'x-ratelimit-window': '60',
    },
  },
  { name: 'bimplus', headers: { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' } },
])('tells of the limit as $name does', async ({ name, headers }) => {
  service = await startService({ rateLimit: 'documented' })
  const contract = contracts.find((candidate) => candidate.name === name) as Contract
  const answer = await send(service.origin, contract, { key: await service.keyFor(contract), body: {} })
  expect(Object.fromEntries(summary(answer).headers)).toEqual(headers)
})
