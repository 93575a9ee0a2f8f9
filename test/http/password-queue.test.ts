import { afterAll, beforeAll, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { passwordQueue } from '../../src/password.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const hasPassword = (body: Record<string, unknown>) => JSON.stringify(body).includes('"password"')
const hashing = contracts.filter((contract) => hasPassword(sampleBody(contract)))
const others = contracts.filter((contract) => !hasPassword(sampleBody(contract)))

it.each(hashing)('of $name refuses what would wait too long, holds nobody else up, and drains', async (contract) => {
  const key = await service.keyFor(contract)
  const create = () => send(service.origin, contract, { key, body: sampleBody(contract) })
  await create()
  const duplicate = await create()
  const unavailable = await contract.refuse(
    { kind: 'unavailable', retryAfterSeconds: 1 },
    { isTaken: async () => false },
  )

  // A duplicate is hashed like any other: nobody can tell by the time who exists.
  const flood = Array.from({ length: 600 }, create)
  await expect.poll(() => passwordQueue().waiting).toBeGreaterThan(0)
  for (const other of others) {
    await service.store.database.deleteFrom('users').where('contract', '=', other.name).execute()
    const body = sampleBody(other)
    const answer = await send(service.origin, other, { key: await service.keyFor(other), body })
    expect(answer.status).toBeLessThan(300)
  }
  expect(passwordQueue().running).toBeGreaterThan(0)

  const answers = await Promise.all(flood)
  const refused = answers.filter(({ status }) => status === unavailable.status)
  expect(refused.length).toBeGreaterThan(0)
  for (const { headers, json } of refused) {
    expect({ body: json(), retryAfter: headers.get('Retry-After') }).toEqual({
      body: unavailable.body,
      retryAfter: '1',
    })
  }
  const judged = answers.filter((answer) => !refused.includes(answer))
  expect(judged.length).toBeGreaterThan(0)
  expect(new Set(judged.map(({ text }) => text))).toEqual(new Set([duplicate.text]))

  expect(passwordQueue()).toEqual({ running: 0, waiting: 0 })
  expect((await create()).text).toBe(duplicate.text)
})
