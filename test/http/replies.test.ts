import { afterEach, describe, expect, it } from 'vitest'
import { bizcare } from '../../src/contracts/bizcare/contract.ts'
import type { Contract, Creation, JsonObject, Reply, Services } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { DatabaseUnavailable } from '../../src/store/database-unavailable.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
afterEach(() => service.close())

/** The contract with its handlers' answers changed: a bug of ours. */
function withBug(contract: Contract, change: (answer: Creation) => Creation | Reply): Contract {
  const handlers = Object.entries(contract.handlers).map(([operationId, handle]) => [
    operationId,
    async (body: JsonObject, services: Services) => change((await handle(body, services)) as Creation),
  ])
  return { ...contract, handlers: Object.fromEntries(handlers) }
}

const BUGS: readonly { readonly bug: string; readonly change: (answer: Creation) => Creation | Reply }[] = [
  {
    bug: 'a status that is not documented',
    change: (answer) => ({ ...answer, reply: { ...answer.reply, status: 299 } }),
  },
  { bug: 'a body that is not documented', change: (answer) => ({ ...answer, reply: { ...answer.reply, body: [] } }) },
  { bug: 'a bare reply that is not documented', change: () => ({ status: 200, body: { oops: true } }) },
  {
    bug: 'an exception',
    change: () => {
      throw new Error('the stack of this is for the log')
    },
  },
]

describe.each(contracts)('$name', (contract) => {
  it.each(BUGS)('answers its 500 for $bug, and stores nothing', async ({ change }) => {
    service = await startService({ served: [withBug(contract, change)] })
    const key = await service.keyFor(contract)
    const { status, text, json } = await send(service.origin, contract, { key, body: sampleBody(contract) })
    const expected = await contract.refuse({ kind: 'internal' }, { isTaken: async () => false })
    expect({ status, body: json() }).toEqual({ status: 500, body: expected.body })
    expect(text).not.toContain('stack')
    expect(service.logged()).toContain('"msg":"request failed"')
    expect(await service.store.database.selectFrom('users').selectAll().execute()).toEqual([])
  })

  it('answers its 500 for a duplicate that is not documented, and stores nothing more', async () => {
    const change = (answer: Creation) => ({ ...answer, duplicate: { status: 409, body: { oops: true } } })
    service = await startService({ served: [withBug(contract, change)] })
    const key = await service.keyFor(contract)
    expect((await send(service.origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
    const { status, json } = await send(service.origin, contract, { key, body: sampleBody(contract) })
    const expected = await contract.refuse({ kind: 'internal' }, { isTaken: async () => false })
    expect({ status, body: json() }).toEqual({ status: 500, body: expected.body })
    expect(await service.store.database.selectFrom('users').selectAll().execute()).toHaveLength(1)
  })
})

it('answers 503 when what words a refusal is not to be had', async () => {
  const isTaken = () => Promise.reject(new DatabaseUnavailable(new Error('away')))
  service = await startService({ back: (backing) => ({ ...backing, directory: () => ({ isTaken }) }) })
  const key = await service.keyFor(bizcare)
  const body = { ...sampleBody(bizcare), name: '' }
  const { status, headers, json } = await send(service.origin, bizcare, { key, body })
  const expected = await bizcare.refuse({ kind: 'unavailable', retryAfterSeconds: 1 }, { isTaken })
  expect({ status, body: json() }).toEqual({ status: 503, body: expected.body })
  expect(headers.get('Retry-After')).toBe('1')
  expect(service.logged()).toContain('"refusal":"unavailable"')
})
