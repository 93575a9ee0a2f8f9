import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { createKey } from '../support/create-key.ts'
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Options, serve, stop } from '../support/rollcall.ts'
import { inFull } from './in-full.ts'
import { startLoad } from './load.ts'
import { median } from './median.ts'
import { record } from './record.ts'
import { repeatsOf } from './repeats-of.ts'
import { storedUsers, tally } from './tally.ts'

const outages = inFull(5, 1)

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.remove())

it.each(['fast', 'immediate'] as const)('a service outlives %s shutdowns of PostgreSQL under load', async (mode) => {
  const options: Options = {
    cwd: mkdtempSync(join(tmpdir(), 'rollcall-outage-')),
    env: { DATABASE_URL: await createDatabase(server.url), RATE_LIMIT: 'off', LOG_LEVEL: 'fatal' },
  }
  const service = await serve(options)
  let unavailable = 0
  let withoutRetryAfter = 0
  let slowestMs = 0
  const load = await startLoad({
    origin: () => service.origin,
    keyFor: async (contract: Contract) => (await createKey(contract, options)).key,
    onReply(status, headers, tookMs) {
      slowestMs = Math.max(slowestMs, tookMs)
      if (status !== 503) return
      unavailable += 1
      if (headers.get('Retry-After') === null) withoutRetryAfter += 1
    },
  })
  const recoveriesMs: number[] = []
  for (let outage = 0; outage < outages; outage++) {
    const [before, unavailableBefore] = [load.acknowledged(), unavailable]
    await expect.poll(() => load.acknowledged() - before, { interval: 5 }).toBeGreaterThan(500)
    await server.stop(mode)
    await expect.poll(() => unavailable - unavailableBefore, { interval: 5 }).toBeGreaterThan(100)
    await server.start()
    const [startedAt, down] = [performance.now(), load.acknowledged()]
    await expect.poll(() => load.acknowledged() - down, { interval: 1 }).toBeGreaterThan(0)
    recoveriesMs.push(performance.now() - startedAt)
  }
  await load.stop()
  const repeats = await repeatsOf(load)
  const found = tally(load.attempts, await storedUsers(options))
  const ended = await stop(service)
  rmSync(options.cwd, { recursive: true })

  record('postgres', {
    shutdown: mode,
    outages,
    ...found,
    '503s': unavailable,
    'cut off': load.attempts.filter(({ cut }) => cut > 0).length,
    'slowest answer, ms': Math.round(slowestMs),
    'back after, median ms': Math.round(median(recoveriesMs)),
    'back after, most ms': Math.round(Math.max(...recoveriesMs)),
  })
  expect(found).toMatchObject({ lost: 0, unwanted: 0, unexpected: 0 })
  expect(withoutRetryAfter).toBe(0)
  expect(load.attempts.filter(({ cut }) => cut > 0)).toEqual([])
  expect(repeats.same).toBe(repeats.asked)
  expect(ended.code).toBe(0)
})
