import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { type Exchange, exchangesOf, play } from '../support/exchanges.ts'
import { sampleBody, send } from '../support/send.ts'
import { startMock } from '../support/start-service.ts'

let mock: Awaited<ReturnType<typeof startMock>>
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

for (const contract of contracts) {
  const exchanges = exchangesOf(contract)
  const [success] = exchanges as [Exchange]
  /** A valid request that asks for something. */
  const prefer = (wish: string, mediaType = success.mediaType) => play(mock, { ...success, mediaType, howTo: {} }, wish)

  describe(contract.name, () => {
    it.each(exchanges)('gives $status $name ($mediaType) when it is asked for', async (exchange) => {
      const answer = await prefer(`code=${exchange.status}, example=${exchange.name}`, exchange.mediaType)
      expect({ status: answer.status, body: answer.body }).toEqual({ status: exchange.status, body: exchange.value })
      expect(answer.headers.get('Content-Type')).toBe(exchange.mediaType)
      expect(answer.headers.get('Preference-Applied')).toBe(`code=${exchange.status}, example=${exchange.name}`)
      const byName = await prefer(`example=${exchange.name}`, exchange.mediaType)
      expect({ status: byName.status, body: byName.body }).toEqual({ status: exchange.status, body: exchange.value })
    })

    it('gives the first example of a status that is asked for, with its headers', async () => {
      for (const status of new Set(exchanges.map((exchange) => exchange.status))) {
        const first = exchanges.find((exchange) => exchange.status === status) as Exchange
        const answer = await prefer(`code=${status}`)
        expect({ status: answer.status, body: answer.body }).toEqual({ status, body: first.value })
        for (const name of Object.keys(first.headers)) expect(answer.headers.has(name), `${status} ${name}`).toBe(true)
      }
    })

    it('gives the first success to a valid request that asks for nothing', async () => {
      const answer = await play(mock, { ...success, howTo: {} })
      expect({ status: answer.status, body: answer.body }).toEqual({ status: success.status, body: success.value })
      expect(answer.headers.get('Preference-Applied')).toBeNull()
    })

    it.each([
      'code=418',
      'code=abc',
      'example=nothing',
      `code=${success.status}, example=nothing`,
      `code=401, example=${success.name}`,
    ])('lists what it offers when it is asked for %s', async (wish) => {
      const answer = await prefer(wish)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
      const offers: Record<string, string[]> = {}
      for (const { status, name } of exchanges) offers[status] = [...(offers[status] ?? []), name]
      expect(answer.body).toMatchObject({ type: 'about:blank', status: 404, offers })
    })

    it('makes up every status by its schema when it is asked to', async () => {
      for (const status of new Set(exchanges.map((exchange) => exchange.status))) {
        const { operationId } = success
        const answer = await prefer(`code=${status}, dynamic=true`)
        expect(answer.status, `${operationId} ${status}`).toBe(status)
        expect(answer.body).toBeTypeOf('object')
      }
    })

    it('wants a credential, and no key that anyone has made', async () => {
      expect((await send(mock.origin, contract, { body: sampleBody(contract) })).status).toBe(401)
      expect((await send(mock.origin, contract, { key: 'anything', body: sampleBody(contract) })).status).toBe(
        success.status,
      )
    })

    it('says in the log which example it gave, and why', async () => {
      await prefer('code=401')
      expect(mock.logged()).toMatch(/"example":"401 \w+, asked for by code=401"/)
    })
  })
}

it('answers many requests to all contracts at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }).flatMap(() =>
      contracts.map(async (contract) => {
        const [first] = exchangesOf(contract) as [Exchange]
        const answer = await play(mock, { ...first, howTo: {} })
        return { status: answer.status, body: answer.body, expected: { status: first.status, body: first.value } }
      }),
    ),
  )
  for (const { status, body, expected } of answers) expect({ status, body }).toEqual(expected)
})
