import { OpenAPIBackend } from 'openapi-backend'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Refusal } from '../../src/contracts/contract.ts'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { resolve } from '../../src/contracts/resolve.ts'
import { ajv } from '../../src/http/ajv.ts'
import { Refused } from '../../src/http/refused.ts'
import { byForm, type Exchange, exchangesOf, play } from '../support/exchanges.ts'
import { spend } from '../support/spend.ts'
import { type Service, startService } from '../support/start-service.ts'

// What no request alone can cause. A fault is a broken table, a limit is used up; the rest is refused in the handler's place.
const CAUSES: Readonly<Record<string, Refusal | 'fault' | 'spent'>> = {
  internal: 'fault',
  limited: 'spent',
  requestInProgress: { kind: 'requestInProgress' },
  idempotencyMismatch: { kind: 'idempotencyMismatch' },
  unavailable: { kind: 'unavailable', retryAfterSeconds: 1 },
}

let service: Service
// Time stands still, so that a window is as long as the example says.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => {
  vi.useRealTimers()
  return service.close()
})

async function startWith(cause: string | undefined): Promise<Service> {
  const refusal = cause === undefined ? undefined : CAUSES[cause]
  if (cause !== undefined && !refusal) throw new Error(`no test knows the cause "${cause}"`)
  if (refusal === 'fault') {
    const broken = await startService({ rateLimit: 'documented' })
    await broken.store.database.schema.alterTable('users').renameTo('away').execute()
    return broken
  }
  if (!refusal || refusal === 'spent') return startService({ rateLimit: 'documented' })
  return startService({
    rateLimit: 'documented',
    back: (backing) => ({
      ...backing,
      answer: () => {
        throw new Refused(refusal)
      },
    }),
  })
}

/** Plays an exchange with a key that has sent all that its contract's first limit allows. */
async function playSpent(exchange: Exchange) {
  const { contract, howTo } = exchange
  const key = await service.keyFor(contract, howTo.caller)
  const [limit] = readDocument(contract.name)['x-rate-limits']?.perKey ?? []
  await spend(service.origin, contract, key, limit?.requests ?? 0)
  return play({ ...service, keyFor: async () => key }, exchange)
}

for (const contract of contracts) {
  describe(contract.name, async () => {
    const document = readDocument(contract.name)
    const api = new OpenAPIBackend({ definition: document, quick: true, customizeAjv: () => ajv as never })
    await api.init()

    it.each(exchangesOf(contract))('answers $status $name ($mediaType) as the contract says', async (exchange) => {
      service = await startWith(exchange.howTo.cause)
      const isSpent = CAUSES[exchange.howTo.cause ?? ''] === 'spent'
      const answer = await (isSpent ? playSpent(exchange) : play(service, exchange))

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
