import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { countInBlocks } from '../../src/http/count-in-blocks.ts'
import { type Count, countRequest } from '../../src/http/count-request.ts'
import type { Reserve } from '../../src/store/rate-limits.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createKey } from '../support/create-key.ts'
import { POSTGRES, type TestDatabase } from '../support/databases.ts'
import { execute } from '../support/postgres.ts'
import { type Options, type Running, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await POSTGRES.create()
})
afterEach(() => database.remove())

describe('two countings on one database', () => {
  let stores: readonly Store[]
  let counts: readonly [Count, Count]
  let reservations: number
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    reservations = 0
    const [one, other] = await Promise.all([openStore(database.url), openStore(database.url)])
    const counting = ({ reserve }: Store) => {
      if (!reserve) throw new Error('the store counts nothing')
      const observed: Reserve = (...asked) => {
        reservations += 1
        return reserve(...asked)
      }
      return countInBlocks(observed)
    }
    stores = [one, other]
    counts = [counting(one), counting(other)]
  })
  afterEach(async () => {
    vi.useRealTimers()
    await Promise.all(stores.map((store) => store.database.destroy()))
  })

  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  /** Sends so many requests at once, by turns through the countings given, and tells how many the limit lets pass. */
  async function passing(requestsMax: number, requests: number, through: readonly Count[] = counts): Promise<number> {
    const counted = await Promise.all(
      Array.from({ length: requests }, (_, index) =>
        (through[index % through.length] as Count)('key', { requests: requestsMax, seconds: 60 }),
      ),
    )
    return counted.filter((window) => window.requests <= requestsMax).length
  }

  it.each([
    { requestsMax: 1, sent: 200 },
    { requestsMax: 60, sent: 200 },
    { requestsMax: 200, sent: 200 },
    { requestsMax: 299, sent: 700 },
    { requestsMax: 1_000, sent: 2_000 },
  ])('let $requestsMax of $sent requests at once pass, in each window', async ({ requestsMax, sent }) => {
    for (const _ of ['first', 'second']) {
      expect(await passing(requestsMax, sent)).toBe(requestsMax)
      expect(await passing(requestsMax, sent)).toBe(0)
      pass(60)
    }
  })

  it('tell each request its place in the window', async () => {
    const [one, other] = counts
    const limit = { requests: 200, seconds: 60 }
    expect(await one('key', limit)).toEqual({ requests: 1, msLeft: 60_000 })
    pass(20)
    expect(await other('key', limit)).toEqual({ requests: 3, msLeft: 40_000 })
    expect(await one('key', limit)).toEqual({ requests: 2, msLeft: 40_000 })
    expect(await one('key', limit)).toEqual({ requests: 5, msLeft: 40_000 })
  })

  it('refuse early by what the other has reserved, a hundredth of the limit at most', async () => {
    const [one, other] = counts
    expect(await passing(1_000, 1, [one])).toBe(1)
    expect(await passing(1_000, 1_500, [other])).toBe(990)
    expect(await passing(1_000, 1_500, [one])).toBe(9)
  })

  it('write once for each hundredth of the limit, and nothing once it is used up', async () => {
    const [one, other] = counts
    await passing(1_000, 1_000, [one])
    expect(reservations).toBe(100)
    await passing(1_000, 1_000, [one])
    expect(reservations).toBe(100)
    await passing(1_000, 1_000, [other])
    expect(reservations).toBe(101)
  })

  it('end a window in its own time when the clock is set back', async () => {
    const reserve = (stores[0] as Required<Store>).reserve
    await reserve('key', 1, 60)
    pass(-3_600)
    expect(await reserve('key', 1, 60)).toEqual({ requests: 2, msLeft: 60_000 })
    pass(20)
    expect(await reserve('key', 1, 60)).toEqual({ requests: 3, msLeft: 40_000 })
    pass(41)
    expect(await reserve('key', 1, 60)).toEqual({ requests: 1, msLeft: 60_000 })
  })

  it('reserve for many names at once, each in its own window', async () => {
    const { reserve } = stores[0] as Required<Store>
    const names = Array.from({ length: 200 }, (_, index) => `key ${index}`)
    const asked = () => Promise.all(names.map((name, index) => reserve(name, index + 1, 60)))
    expect(await asked()).toEqual(names.map((_, index) => ({ requests: index + 1, msLeft: 60_000 })))
    expect(await asked()).toEqual(names.map((_, index) => ({ requests: 2 * (index + 1), msLeft: 60_000 })))
  })

  it('tell what is left of a window when the answer comes, however late', async () => {
    const { reserve } = stores[0] as Required<Store>
    await reserve('key', 1, 60)
    const other = new Client({ connectionString: database.url })
    await other.connect()
    await other.query('begin')
    await other.query('update rate_limits set points = points')
    const late = reserve('key', 1, 60)
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    await expect.poll(() => execute(database.url, waiting)).toHaveLength(1)
    pass(20)
    await other.query('commit')
    expect(await late).toEqual({ requests: 2, msLeft: 40_000 })
    await other.end()
  })

  it('keep no window that is over since an hour', async () => {
    const [store] = stores as [Required<Store>]
    await store.reserve('minute', 1, 60)
    await store.reserve('day', 1, 86_400)
    pass(3_661)
    await store.removeExpired(new Date())
    expect(await execute(database.url, 'select key from rate_limits')).toEqual([{ key: 'day 86400' }])
  })

  it('hold every window of a key at once', async () => {
    const minute = { requests: 100, seconds: 60 }
    const hour = { requests: 250, seconds: 3_600 }
    const day = { requests: 300, seconds: 86_400 }
    const passed = async () => {
      const counted = await Promise.all(
        Array.from({ length: 110 }, (_, index) =>
          countRequest(counts[index % 2] as Count, 'key', [minute, hour, day], new Date()),
        ),
      )
      return counted.filter(({ isOver }) => !isOver).length
    }
    expect(await passed()).toBe(100)
    pass(60)
    expect(await passed()).toBe(100)
    pass(60)
    // 220 were counted: those that the minute refused, too.
    expect(await passed()).toBe(30)
    pass(3_480)
    // A day's 300 are used up by 330.
    expect(await passed()).toBe(0)
  })
})

describe('a database that cannot count', () => {
  let service: Service
  beforeEach(async () => {
    service = await startService({ databaseUrl: database.url, rateLimit: 1 })
  })
  afterEach(() => service.close())

  it('is an outage in the words of the contract, and forgotten when it is over', async () => {
    await execute(
      database.url,
      `create function fill() returns trigger language plpgsql as $$ begin raise 'no space' using errcode = '53100'; end $$;
       create trigger fill before insert on rate_limits for each row execute function fill()`,
    )
    const keys = await Promise.all(contracts.map((contract) => service.keyFor(contract)))
    const create = (contract: Contract) =>
      send(service.origin, contract, { key: keys[contracts.indexOf(contract)] ?? '', body: sampleBody(contract) })
    for (const contract of contracts) {
      const answer = await create(contract)
      const expected = await contract.refuse(
        { kind: 'unavailable', retryAfterSeconds: 1 },
        { isTaken: async () => false },
      )
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: 503, body: expected.body })
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
    await execute(database.url, 'drop trigger fill on rate_limits')
    for (const contract of contracts) {
      expect((await create(contract)).status).toBeLessThan(300)
      expect((await create(contract)).status).toBe(429)
    }
  })
})

describe('two processes on one database', () => {
  const requestsMax = 500
  let options: Options
  let services: (Running & { readonly origin: string })[]
  beforeEach(async () => {
    const env = { DATABASE_URL: database.url, RATE_LIMIT: String(requestsMax) }
    options = { cwd: mkdtempSync(join(tmpdir(), 'rollcall-shared-')), env }
    services = await Promise.all([serve(options), serve(options)])
  })
  afterEach(async () => {
    await Promise.all(services.map(stop))
    rmSync(options.cwd, { recursive: true })
  })

  it.each(contracts.filter(({ name }) => readDocument(name)['x-rate-limits']))(
    'let a key of $name pass as often as its limit says, less what the other holds',
    async (contract) => {
      const { key } = await createKey(contract, options)
      /** How many of so many requests pass, twenty at a time; the limit refuses the rest. */
      const passing = async (requests: number, through: readonly { readonly origin: string }[]) => {
        const statuses: number[] = []
        let sent = 0
        const client = async () => {
          while (sent < requests) {
            const { origin } = through[sent++ % through.length] as { readonly origin: string }
            // The label is wrong: such a request counts like any other, and stores nothing.
            const headers = { 'Content-Type': 'text/plain' }
            statuses.push((await send(origin, contract, { key, headers, body: '{}' })).status)
          }
        }
        await Promise.all(Array.from({ length: 20 }, client))
        return statuses.filter((status) => status !== 429).length
      }
      const [one, other] = services as [Running & { origin: string }, Running & { origin: string }]
      const held = requestsMax / 100
      expect(await passing(1, [one])).toBe(1)
      expect(await passing(requestsMax + 100, [other])).toBe(requestsMax - held)
      expect(await passing(100, [one, other])).toBe(held - 1)
    },
  )
})
