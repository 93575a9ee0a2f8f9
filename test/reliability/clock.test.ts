import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newKey } from '../../src/commands/new-key.ts'
import { garmat } from '../../src/contracts/garmat/contract.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'
import { inFull, isFull } from './in-full.ts'
import { startLoad } from './load.ts'
import { record } from './record.ts'
import { repeatsOf } from './repeats-of.ts'
import { tally, usersIn } from './tally.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

// Replies to an Idempotency-Key end after a day: the steps forwards add up to less.
const STEPS_MS = [-1_000, -hourMs, 10 * minuteMs, -30 * dayMs, hourMs]
const steps = inFull(20, STEPS_MS.length)

describe.each(DATABASES)('on $name, when the clock is set back,', ({ name, create }) => {
  let database: TestDatabase
  let service: Service
  beforeEach(async () => {
    database = await create()
    // The clock goes on between its steps. Timers are real, as HTTP needs them.
    vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await service.close()
    await database.remove()
  })

  const step = (ms: number) => vi.setSystemTime(Date.now() + ms)
  const start = async (rateLimit: number | 'off') => {
    service = await startService({ databaseUrl: database.url, rateLimit })
  }

  it('a service under load creates every user, once, and gives its replies again', async () => {
    await start('off')
    let unavailable = 0
    const load = await startLoad({
      ...service,
      origin: () => service.origin,
      onReply: (status) => {
        if (status >= 500) unavailable += 1
      },
    })
    for (let index = 0; index < steps; index++) {
      const before = load.acknowledged()
      await expect.poll(() => load.acknowledged() - before, { interval: 5 }).toBeGreaterThan(200)
      step(STEPS_MS[index % STEPS_MS.length] ?? 0)
    }
    await load.stop()
    const repeats = await repeatsOf(load)
    const found = tally(load.attempts, await usersIn(service.store))
    record('clock', { database: name, steps, ...found, '5xx': unavailable, 'replies given again': repeats.same })
    expect(found).toMatchObject({ lost: 0, unwanted: 0, unexpected: 0, 'stored unacknowledged': 0 })
    expect(found.acknowledged).toBe(found.sent)
    expect(unavailable).toBe(0)
    expect(repeats.same).toBe(repeats.asked)
  })

  it('the ids of users go on in their order', async () => {
    await start('off')
    const key = await service.keyFor(garmat)
    const ids: string[] = []
    for (let index = 0; index < 100; index++) {
      const answer = await send(service.origin, garmat, {
        key,
        body: { ...sampleBody(garmat), email: `${index}@example.com` },
      })
      ids.push((answer.json() as { id: string }).id)
      step(STEPS_MS[index % STEPS_MS.length] ?? 0)
    }
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('a key ends and opens again by the clock', async () => {
    await start('off')
    const expiresAt = new Date(Date.now() + hourMs)
    const key = newKey(garmat, { role: 'garmat_admin' }, 'ends soon', expiresAt)
    await service.store.keys.insert([key], new Date())
    const ask = async () => (await send(service.origin, garmat, { key: key.key, body: {} })).status
    expect(await ask()).toBe(400)
    step(2 * hourMs)
    expect(await ask()).toBe(401)
    step(-2 * hourMs)
    expect(await ask()).toBe(400)
  })

  it('a window of a rate limit ends all the same', async () => {
    await start(3)
    const key = await service.keyFor(garmat)
    const ask = () => send(service.origin, garmat, { key, body: {} })
    for (let request = 0; request < 3; request++) expect((await ask()).status).toBe(400)
    step(-hourMs)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(60)

    // Its timer is real.
    if (!isFull) return
    const startedAt = performance.now()
    await expect.poll(async () => (await ask()).status, { interval: 1_000, timeout: 3 * minuteMs }).toBe(400)
    record('windows', {
      database: name,
      'window, s': 60,
      'ended after, s': Math.round((performance.now() - startedAt) / 1000),
    })
  })
})
