import { sql } from 'kysely'
import { OpenAPIBackend } from 'openapi-backend'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { resolve } from '../../src/contracts/resolve.ts'
import { ajv } from '../../src/http/ajv.ts'
import { POSTGRES, type TestDatabase } from '../support/databases.ts'
import { type Answer, byForm, type Exchange, exchangesOf, play } from '../support/exchanges.ts'
import { startPostgresProxy } from '../support/postgres-proxy.ts'
import { send } from '../support/send.ts'
import { spend } from '../support/spend.ts'
import { type Service, startService } from '../support/start-service.ts'
import { validBodies } from '../support/valid-bodies.ts'

type Cause = (exchange: Exchange) => Promise<Answer>

/** How the tests bring about what no request can alone. */
const CAUSES: Readonly<Record<string, Cause>> = {
  async internal(exchange) {
    await start()
    await service.store.database.schema.alterTable('users').renameTo('away').execute()
    return play(service, exchange)
  },

  async limited(exchange) {
    await start()
    const known = await withOneKey(exchange)
    const [limit] = readDocument(exchange.contract.name)['x-rate-limits']?.perKey ?? []
    await spend(service.origin, exchange.contract, await known.keyFor(), limit?.requests ?? 0)
    return play(known, exchange)
  },

  async unavailable(exchange) {
    const proxy = await startPostgresProxy(await newPostgres())
    await start(proxy.url)
    const known = await withOneKey(exchange)
    await proxy.close()
    return play(known, exchange)
  },

  async requestInProgress(exchange) {
    await start(await newPostgres())
    const known = await withOneKey(exchange)
    // The first request waits for the table, and a second one is sent.
    const [first, second] = await service.store.database.transaction().execute(async (db) => {
      await sql`lock table users in exclusive mode`.execute(db)
      const first = play(known, exchange)
      const waiting = sql`select 1 from pg_locks where not granted and relation = 'users'::regclass`
      await expect.poll(async () => (await waiting.execute(db)).rows).not.toEqual([])
      return [first, await play(known, exchange)]
    })
    expect((await first).status).toBeLessThan(300)
    return second
  },

  async idempotencyMismatch(exchange) {
    await start()
    const known = await withOneKey(exchange)
    const { contract, howTo } = exchange
    const [body] = await validBodies(contract, 1)
    const headers = { 'Idempotency-Key': howTo.headers?.['Idempotency-Key'] ?? '' }
    const { status } = await send(service.origin, contract, { key: await known.keyFor(), headers, body })
    expect(status).toBeLessThan(300)
    return play(known, exchange)
  },
}

let service: Service
let databases: TestDatabase[]
beforeEach(() => {
  databases = []
  // Time stands still, so that a window is as long as the example says.
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await service.close()
  await Promise.all(databases.map(({ remove }) => remove()))
})

async function start(databaseUrl?: string): Promise<void> {
  service = await startService({ rateLimit: 'documented', ...(databaseUrl && { databaseUrl }) })
}

async function newPostgres(): Promise<string> {
  const database = await POSTGRES.create()
  databases.push(database)
  return database.url
}

/** The service for one exchange, with the same key each time. */
async function withOneKey({ contract, howTo }: Exchange) {
  const key = await service.keyFor(contract, howTo.caller)
  return { origin: service.origin, keyFor: async () => key }
}

async function bringAbout(exchange: Exchange): Promise<Answer> {
  const { cause } = exchange.howTo
  if (cause === undefined) {
    await start()
    return play(service, exchange)
  }
  const known = CAUSES[cause]
  if (!known) throw new Error(`no test knows the cause "${cause}"`)
  return known(exchange)
}

for (const contract of contracts) {
  describe(contract.name, async () => {
    const document = readDocument(contract.name)
    const api = new OpenAPIBackend({ definition: document, quick: true, customizeAjv: () => ajv as never })
    await api.init()

    it.each(exchangesOf(contract))('answers $status $name ($mediaType) as the contract says', async (exchange) => {
      const answer = await bringAbout(exchange)

      expect({ ...answer, headers: undefined, body: byForm(document, exchange.schema, answer.body) }).toEqual({
        status: exchange.status,
        headers: undefined,
        body: byForm(document, exchange.schema, exchange.value),
      })
      expect(api.validateResponse(answer.body, exchange.operationId, exchange.status).errors).toBeNull()
      expect(answer.headers.get('Content-Type')).toBe(exchange.mediaType)
      for (const [name, node] of Object.entries(exchange.headers)) {
        const header = resolve(document, node as Record<string, unknown>)
        const value = answer.headers.get(name)
        if (header.required) expect(value, name).not.toBeNull()
        if (value === null) continue
        const schema = header.schema as { type?: string }
        expect(ajv.validate(schema, schema.type === 'integer' ? Number(value) : value), `${name}: ${value}`).toBe(true)
      }
    })
  })
}
