import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
beforeEach(async () => {
  service = await startService()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await service.close()
})

it.each(contracts)('$name connects to nobody, whatever URL a body holds', async (contract) => {
  const connect = vi.spyOn(Socket.prototype, 'connect')
  const key = await service.keyFor(contract)
  const body = sampleBody(contract)
  const withUrl = Object.keys(body).map((property) => ({ ...body, [property]: 'http://127.0.0.1:65535/' }))
  for (const each of [body, ...withUrl]) {
    expect((await send(service.origin, contract, { key, body: each })).status).toBeLessThan(500)
  }
  // The only connections of this process are those of the test itself.
  const asked = connect.mock.calls.flat(2).flatMap((value) => (value as { port?: unknown } | null)?.port ?? [])
  expect(new Set(asked.map(String))).toEqual(new Set([new URL(service.origin).port]))
})
