import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { createKey } from '../support/create-key.ts'
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Options, type Running, run, serve, stop } from '../support/rollcall.ts'
import { send } from '../support/send.ts'

let server: PostgresServer
let options: Options
let service: Running & { readonly origin: string }
beforeEach(async () => {
  server = await startPostgres()
  const cwd = mkdtempSync(join(tmpdir(), 'rollcall-restart-'))
  options = { cwd, env: { DATABASE_URL: await createDatabase(server.url), RATE_LIMIT: 'off' } }
  service = await serve(options)
})
afterEach(async () => {
  await stop(service)
  await server.remove()
  rmSync(options.cwd, { recursive: true })
})

interface Exchange {
  readonly body: Record<string, unknown>
  readonly answer: Awaited<ReturnType<typeof send>>
}

/** A client that creates one user after another, and what it was answered. */
async function startClient(contract: Contract) {
  const { validBody } = await import(`../../src/contracts/${contract.name}/valid-body.ts`)
  const { key } = await createKey(contract, options)
  const create = (body: Record<string, unknown>) => send(service.origin, contract, { key, body })
  const exchanges: Exchange[] = []
  let stopping = false
  const ended = (async () => {
    while (!stopping) {
      const [body] = fc.sample<Record<string, unknown>>(validBody, 1)
      if (body) exchanges.push({ body, answer: await create(body) })
    }
  })()
  return {
    contract,
    create,
    created: () => exchanges.filter(({ answer }) => answer.status < 300),
    failed: () => exchanges.filter(({ answer }) => answer.status >= 500),
    stop: () => {
      stopping = true
      return ended
    },
  }
}

it('answers in the contracts while PostgreSQL is down, recovers by itself and loses nothing acknowledged', async () => {
  const clients = await Promise.all(contracts.map(startClient))
  await expect.poll(() => clients.every(({ created }) => created().length >= 3), { timeout: 20_000 }).toBe(true)
  await server.stop()
  await expect.poll(() => clients.every(({ failed }) => failed().length >= 3), { timeout: 20_000 }).toBe(true)
  await server.start()
  const before = clients.map(({ created }) => created().length)
  const recovered = () => clients.every(({ created }, index) => created().length >= (before[index] ?? 0) + 3)
  await expect.poll(recovered, { timeout: 20_000 }).toBe(true)
  await Promise.all(clients.map((client) => client.stop()))

  for (const { contract, failed } of clients) {
    const refusal = { kind: 'unavailable', retryAfterSeconds: 1 } as const
    const expected = await contract.refuse(refusal, { isTaken: async () => false })
    for (const { answer } of failed()) {
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: 503, body: expected.body })
      expect(answer.headers.get('retry-after')).toBe('1')
    }
  }
  const { stdout } = await run(['users', 'export'], options)
  expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(clients.flatMap(({ created }) => created()).length)
  for (const { created, create } of clients) {
    for (const { body } of created()) {
      const { status } = await create(body)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
  }
  expect((await stop(service)).code).toBe(0)
  expect(service.stderr()).toContain('the database is unavailable')
  expect(service.stderr()).not.toContain('very-secret')
})
