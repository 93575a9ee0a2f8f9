import { OpenAPIBackend } from 'openapi-backend'
import { afterEach, describe, expect, it } from 'vitest'
import type { Refusal } from '../../src/contracts/contract.ts'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { ajv } from '../../src/http/ajv.ts'
import { Refused } from '../../src/http/refused.ts'
import { byForm, exchangesOf, play, resolve } from '../support/exchanges.ts'
import { type Service, startService } from '../support/start-service.ts'

// What no request alone can cause. A fault is a broken table; the rest is refused in the handler's place.
const CAUSES: Readonly<Record<string, Refusal | 'fault'>> = {
  internal: 'fault',
  limited: {
    kind: 'limited',
    limit: { requestsMax: 1000, windowSeconds: 60, resetAt: new Date('2024-01-15T15:30:00Z'), retryAfterSeconds: 60 },
  },
  requestInProgress: { kind: 'requestInProgress' },
  idempotencyMismatch: { kind: 'idempotencyMismatch' },
  unavailable: { kind: 'unavailable', retryAfterSeconds: 1 },
}

let service: Service
afterEach(() => service.close())

async function startWith(cause: string | undefined): Promise<Service> {
  const refusal = cause === undefined ? undefined : CAUSES[cause]
  if (cause !== undefined && !refusal) throw new Error(`no test knows the cause "${cause}"`)
  if (refusal === 'fault') {
    const broken = await startService()
    await broken.store.database.schema.alterTable('users').renameTo('away').execute()
    return broken
  }
  if (!refusal) return startService()
  return startService({
    back: (backing) => ({
      ...backing,
      answer: () => {
        throw new Refused(refusal)
      },
    }),
  })
}

for (const contract of contracts) {
  describe(contract.name, async () => {
    const document = readDocument(contract.name)
    const api = new OpenAPIBackend({ definition: document, quick: true, customizeAjv: () => ajv as never })
    await api.init()

    it.each(exchangesOf(contract))('answers $status $name ($mediaType) as the contract says', async (exchange) => {
      service = await startWith(exchange.howTo.cause)
      const answer = await play(service, exchange)

      expect({ ...answer, headers: undefined, body: byForm(document, exchange.schema, answer.body) }).toEqual({
        status: exchange.status,
        headers: undefined,
        body: byForm(document, exchange.schema, exchange.value),
      })
      expect(api.validateResponse(answer.body, exchange.operationId, exchange.status).errors).toBeNull()
      expect(answer.headers.get('Content-Type')).toBe(exchange.mediaType)
      for (const [name, node] of Object.entries(exchange.headers)) {
        const header = resolve(document, node)
        const value = answer.headers.get(name)
        if (header.required) expect(value, name).not.toBeNull()
        if (value === null) continue
        const schema = header.schema as { type?: string }
        expect(ajv.validate(schema, schema.type === 'integer' ? Number(value) : value), `${name}: ${value}`).toBe(true)
      }
    })
  })
}
