import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { createKey } from '../support/create-key.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { type Options, type Running, serve, stop } from '../support/rollcall.ts'
import { inFull } from './in-full.ts'
import { startLoad } from './load.ts'
import { record } from './record.ts'
import { storedUsers, tally } from './tally.ts'

const rounds = inFull(20, 2)
const graceMs = 10_000

describe.each(DATABASES)('on $name', ({ name, create }) => {
  let database: TestDatabase
  let options: Options
  let service: Running & { readonly origin: string }
  beforeEach(async () => {
    database = await create()
    const cwd = mkdtempSync(join(tmpdir(), 'rollcall-sigterm-'))
    options = { cwd, env: { DATABASE_URL: database.url, RATE_LIMIT: 'off', LOG_LEVEL: 'fatal' } }
    service = await serve(options)
  })
  afterEach(async () => {
    await stop(service)
    await database.remove()
    rmSync(options.cwd, { recursive: true })
  })

  it('SIGTERM under load loses no reply: who gets none has no user, and may come again', async () => {
    const keys = new Map<Contract, Promise<string>>()
    const keyFor = (contract: Contract) => {
      const key = keys.get(contract) ?? createKey(contract, options).then((made) => made.key)
      keys.set(contract, key)
      return key
    }
    const sums = { sent: 0, acknowledged: 0, lost: 0, 'stored without a reply': 0, 'cut off, not stored': 0 }
    let slowestMs = 0
    for (let round = 0; round < rounds; round++) {
      const load = await startLoad({
        origin: () => service.origin,
        keyFor,
        leavesWhenCut: true,
        name: `round-${round}`,
      })
      const wanted = 50 + Math.floor(Math.random() * 500)
      await expect.poll(load.acknowledged, { interval: 1 }).toBeGreaterThan(wanted)
      const startedAt = performance.now()
      const { code } = await stop(service)
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      expect(code).toBe(0)
      await load.ended

      const users = (await storedUsers(options)).filter(({ profile }) =>
        JSON.stringify(profile).includes(`round-${round}-`),
      )
      const found = tally(load.attempts, users)
      const unanswered = load.attempts.filter(({ answer }) => answer === undefined)
      sums.sent += found.sent
      sums.acknowledged += found.acknowledged
      sums.lost += found.lost
      sums['stored without a reply'] += found['stored unacknowledged']
      sums['cut off, not stored'] += unanswered.length - found['stored unacknowledged']
      expect(found).toMatchObject({ unwanted: 0, unexpected: 0 })

      service = await serve(options)
      for (const attempt of unanswered) {
        const answer = await load.ask(attempt)
        expect(answer?.status, answer?.text).toBeLessThan(300)
      }
    }
    record('sigterm', { database: name, SIGTERM: rounds, ...sums, 'slowest end, ms': Math.round(slowestMs) })
    expect(sums).toMatchObject({ lost: 0, 'stored without a reply': 0 })
    expect(slowestMs).toBeLessThan(graceMs)
  })
})
