import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { mutationsOf } from '../support/break-one-rule.ts'
import { type Answer, type Exchange, exchangesOf, play, requestSchemaOf } from '../support/exchanges.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startMock, startService } from '../support/start-service.ts'

let mock: Awaited<ReturnType<typeof startMock>>
let service: Service
beforeAll(async () => {
  mock = await startMock()
  service = await startService()
})
beforeEach(() => service.store.database.deleteFrom('users').execute())
afterAll(() => Promise.all([mock.close(), service.close()]))

/** The names of a body's properties, at every depth, and the types of its values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]))
}

/** What mock and service must have in common: status, the headers that the contract names, the shape of the body. */
function commonOf({ status, headers, body }: Answer, named: readonly string[]) {
  const values = ['Content-Type', ...named].map((name) => [name, headers.get(name)])
  return { status, headers: Object.fromEntries(values), shape: shapeOf(body) }
}

const REQUESTS = [
  { claim: 'malformed JSON', request: { body: '{"name":' } },
  { claim: 'an array', request: { body: '[]' } },
  { claim: 'an empty object', request: { body: {} } },
  { claim: 'a wrong label', request: { body: '{}', headers: { 'Content-Type': 'text/plain' } } },
  { claim: 'a coding', request: { body: '{}', headers: { 'Content-Encoding': 'gzip' } } },
  { claim: 'a large body', request: { body: ' '.repeat(102_401) } },
  { claim: 'deep nesting', request: { body: `${'{"a":'.repeat(40)}1${'}'.repeat(40)}` } },
  { claim: 'GET', request: { method: 'GET' } },
  { claim: 'HEAD', request: { method: 'HEAD' } },
  { claim: 'OPTIONS', request: { method: 'OPTIONS' } },
  { claim: 'a path of nobody', request: { path: '/nowhere', body: '{}' } },
] as const

for (const contract of contracts) {
  describe(contract.name, () => {
    // `cause` is beyond what a request can bring about; the examples suite asks for those.
    const exchanges = exchangesOf(contract).filter(({ howTo }) => howTo.cause === undefined)

    it.each(exchanges)('is the same for $status $name ($mediaType)', async (exchange) => {
      const { status, name, headers } = exchange
      const stateful = needsState(exchange)
      const asked = stateful ? `code=${status}, example=${name}` : undefined
      // An example is given to a valid request: what else is wrong with this one the mock would find.
      const { body, ...rest } = exchange.howTo
      const sent = stateful ? { ...exchange, howTo: rest } : exchange
      const required = Object.entries(headers).filter(([, node]) => (node as { required?: boolean }).required)
      const named = required.map(([header]) => header)
      const fromMock = await play(mock, sent, asked)
      const fromService = await play(service, exchange)
      expect(commonOf(fromMock, named)).toEqual(commonOf(fromService, named))
    })

    it.each(REQUESTS)('is the same for $claim', async ({ request }) => {
      const key = await service.keyFor(contract)
      const [fromMock, fromService] = await Promise.all(
        [mock, service].map(({ origin }) => send(origin, contract, { key, ...request })),
      )
      expect(summary(fromMock)).toEqual(summary(fromService))
    })

    it('is the same for every broken rule', async () => {
      const key = await service.keyFor(contract)
      const document = readDocument(contract.name)
      for (const { claim, property, apply } of mutationsOf(document, requestSchemaOf(contract))) {
        const body = apply(sampleBody(contract))
        const [fromMock, fromService] = await Promise.all(
          [mock, service].map(({ origin }) => send(origin, contract, { key, body })),
        )
        expect(summary(fromMock), `${property} ${claim}`).toEqual(summary(fromService))
      }
    })
  })
}

/** Whether an answer depends on what is stored, users or keys: the mock has neither, so its example is asked for. */
function needsState({ contract, status, howTo }: Exchange): boolean {
  const credential = howTo.headers?.[contract.credential.header]
  return Boolean(status < 300 || howTo.after || howTo.caller || credential)
}

function summary(answer: Awaited<ReturnType<typeof send>> | undefined) {
  const names = ['Content-Type', 'Allow', 'WWW-Authenticate', 'Content-Length']
  return { status: answer?.status, text: answer?.text, headers: names.map((name) => answer?.headers.get(name)) }
}
