import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { writeKey } from '../../src/http/read-key.ts'
import { engineOf, openDatabase } from '../../src/store/database.ts'
import { createKey } from '../support/create-key.ts'
import { DATABASES } from '../support/databases.ts'
import { execute } from '../support/postgres.ts'
import { type Options, serve, stop } from '../support/rollcall.ts'
import { pathOf, send } from '../support/send.ts'
import { inFull } from './in-full.ts'
import { median } from './median.ts'
import { record } from './record.ts'

const soakMs = Number(process.env.SOAK_MINUTES || inFull(5, 0.1)) * 60_000
const sampleMs = soakMs / 150
const clients = 16
// Far more than the clients send, so that what is counted is counted, and little is refused.
const requestsPerMinuteMax = '6000000'
// Failed credentials come from so many addresses.
const addresses = 1_000
// From the second third of the run to its last: memory may grow by so much, descriptors by so many.
const growthMax = 0.1
const descriptorsMax = clients

type Outcome = readonly [kind: string, status: number]

const PAGES = ['/', '/docs/garmat/', '/map/', '/openapi/bimplus.json', '/llms.txt']
const PROBES = ['/health/live', '/health/ready', '/version']

describe.concurrent.each(DATABASES)('on $name', ({ name, create }) => {
  it('a mixed load fills neither memory nor descriptors nor the tables that pass', async () => {
    const database = await create()
    const options: Options = {
      cwd: mkdtempSync(join(tmpdir(), 'rollcall-soak-')),
      env: { DATABASE_URL: database.url, RATE_LIMIT: requestsPerMinuteMax, TRUST_PROXY: 'true', LOG_LEVEL: 'fatal' },
    }
    const service = await serve(options)
    const { origin } = service
    const store = openDatabase(await engineOf(database.url))
    const vendors = await Promise.all(
      contracts.map(async (contract) => {
        const { validBody } = await import(`../../src/contracts/${contract.name}/valid-body.ts`)
        const { key } = await createKey(contract, options)
        return { contract, key, path: pathOf(contract), validBody: validBody as fc.Arbitrary<Record<string, unknown>> }
      }),
    )
    const bodyOf = (arbitrary: fc.Arbitrary<Record<string, unknown>>) => fc.sample(arbitrary, 1)[0] as object
    const get = async (kind: string, path: string): Promise<Outcome> => {
      const response = await fetch(`${origin}${path}`)
      await response.arrayBuffer()
      return [kind, response.status]
    }

    /** What a client does next: by turns each of them, at each contract. */
    const deeds: ((turn: number) => Promise<readonly Outcome[]>)[] = vendors.flatMap(
      ({ contract, key, path, validBody }) => [
        async () => {
          const body = bodyOf(validBody)
          const first = await send(origin, contract, { key, path, body })
          const second = await send(origin, contract, { key, path, body })
          return [
            ['valid', first.status],
            ['duplicate', second.status],
          ]
        },
        async (turn) => {
          const body = bodyOf(validBody)
          const headers = { 'Idempotency-Key': `${turn}` }
          const first = await send(origin, contract, { key, path, body, headers })
          const again = await send(origin, contract, { key, path, body, headers })
          // A generated body may be a duplicate by chance.
          if (first.status < 300) expect(again.text).toBe(first.text)
          return [
            ['valid, with Idempotency-Key', first.status],
            ['repeated', again.status],
          ]
        },
        ...Array.from({ length: 4 }, () => async () => {
          const { status } = await send(origin, contract, { key, path, body: { unknown: 1 } })
          return [['invalid', status]] as const
        }),
        ...Array.from({ length: 4 }, () => async (turn: number) => {
          const headers = { 'X-Forwarded-For': `198.51.${turn % 4}.${Math.floor(turn / 4) % (addresses / 4)}` }
          const { status } = await send(origin, contract, { key: 'nobody', path, body: {}, headers })
          return [['wrong credential', status]] as const
        }),
        async () => {
          await abortUpload(origin, path, `${contract.credential.header}: ${writeKey(key, contract.credential)}`)
          return []
        },
        async (turn) => [await get('page', PAGES[turn % PAGES.length] ?? '/')],
        async (turn) => [await get('health', PROBES[turn % PROBES.length] ?? '/')],
      ],
    )

    const counts = new Map<string, number>()
    const until = performance.now() + soakMs
    let turns = 0
    let isHalf = false
    const client = async () => {
      while (performance.now() < until) {
        const turn = turns++
        for (const outcome of (await deeds[turn % deeds.length]?.(turn)) ?? []) {
          const told = outcome.join(' ')
          counts.set(told, (counts.get(told) ?? 0) + 1)
        }
      }
    }
    const rowsOf = async (table: 'users' | 'idempotency_replies') => {
      const { rows } = await store
        .selectFrom(table)
        .select(({ fn }) => fn.countAll().as('rows'))
        .executeTakeFirstOrThrow()
      return Number(rows)
    }
    const samples: { readonly rssMb: number; readonly descriptors: number }[] = []
    let aged = 0
    const sampler = async () => {
      while (performance.now() < until) {
        samples.push(measure(service.process.pid))
        if (!isHalf && samples.length > 75) {
          isHalf = true
          // A day passes for the replies that nobody waits for: the service has to be rid of them within a minute.
          const before = new Date(Date.now() - 10_000).toISOString()
          const longAgo = { expires_at: '2000-01-01T00:00:00.000Z' }
          aged = Number(
            (
              await store
                .updateTable('idempotency_replies')
                .set(longAgo)
                .where('created_at', '<', before)
                .executeTakeFirstOrThrow()
            ).numUpdatedRows,
          )
        }
        await sleep(sampleMs)
      }
    }
    await Promise.all([sampler(), ...Array.from({ length: clients }, client)])

    const third = Math.floor(samples.length / 3)
    const middle = samples.slice(third, 2 * third)
    const last = samples.slice(2 * third)
    const rss = [middle, last].map((part) => median(part.map(({ rssMb }) => rssMb))) as [number, number]
    const open = [middle, last].map((part) => median(part.map(({ descriptors }) => descriptors))) as [number, number]
    const replies = await rowsOf('idempotency_replies')
    const left = await store
      .selectFrom('idempotency_replies')
      .select('user_id')
      .where('expires_at', '<', '2001')
      .execute()
    const limits = database.url.startsWith('sqlite:') ? 0 : await limitsIn(database.url)
    const users = await rowsOf('users')
    await store.destroy()
    const ended = await stop(service)
    await database.remove()
    rmSync(options.cwd, { recursive: true })

    record('soak', {
      database: name,
      minutes: soakMs / 60_000,
      requests: [...counts.values()].reduce((sum, count) => sum + count, 0),
      users,
      'RSS, MB: first': Math.round(samples[0]?.rssMb ?? 0),
      'second third': Math.round(rss[0]),
      'last third': Math.round(rss[1]),
      'descriptors: second third': open[0],
      'descriptors: last third': open[1],
      'replies aged': aged,
      'of them left': left.length,
      'replies kept': replies,
      'rows of rate_limits': limits,
    })
    for (const [told, count] of [...counts].sort()) record('mix', { database: name, 'request and status': told, count })
    // Those of an outage, and our own faults.
    expect([...counts.keys()].filter((told) => / 5\d\d$/.test(told))).toEqual([])
    for (const kind of ['valid', 'duplicate', 'repeated', 'invalid', 'wrong credential', 'page', 'health']) {
      expect(
        [...counts.keys()].some((told) => told.startsWith(kind)),
        kind,
      ).toBe(true)
    }
    expect(ended.code).toBe(0)
    // Every name: a key of each contract, and the addresses of failures.
    expect(limits).toBeLessThanOrEqual(contracts.length * (2 + addresses) * 3)
    // The first minutes fill caches and heaps: a short run tells nothing of growth.
    if (soakMs < 3 * 60_000) return
    expect(left).toEqual([])
    expect(rss[1]).toBeLessThan(rss[0] * (1 + growthMax))
    expect(open[1]).toBeLessThanOrEqual(open[0] + descriptorsMax)
  })
})

/** Memory and open descriptors of a process, as Linux tells them. */
function measure(pid: number | undefined) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
  return { rssMb: rssKb / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

async function limitsIn(url: string): Promise<number> {
  const [row] = await execute(url, 'select count(*)::int as rows from rate_limits')
  return Number(row?.rows)
}

/** Sends half of a body and leaves. */
async function abortUpload(origin: string, path: string, credential: string): Promise<void> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\n${credential}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`
  await new Promise((resolve) => socket.on('error', resolve).write(head, resolve))
  socket.destroy()
}
