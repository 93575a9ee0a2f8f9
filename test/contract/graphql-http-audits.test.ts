import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { orbvpn } from '../../src/contracts/orbvpn/contract.ts'
import { type Service, startService } from '../support/start-service.ts'

// Where the contract differs from what GraphQL over HTTP recommends or allows, by the id of the audit. No MUST is among them.
const DIFFERENCES: Readonly<Record<string, string>> = {
  '572B': 'the document promises 4XX on invalid data, so a query that does not parse is a 400 for application/json too',
  FDE2: 'the document promises 4XX on invalid data, so a query that is not valid is a 400 for application/json too',
  '7B9B': 'the document promises 4XX on invalid data, so a variable of a wrong type is a 400 for application/json too',
  '5A70': 'the document has POST only, and there is nothing to query by GET',
  D6D5: 'the document has POST only, and there is nothing to query by GET',
  '6A70': 'the document has POST only, and there is nothing to query by GET',
}

let service: Service
let authorization: string
beforeAll(async () => {
  service = await startService()
  authorization = `Bearer ${await service.keyFor(orbvpn)}`
})
afterAll(() => service.close())

const audits = serverAudits({
  url: () => `${service.origin}/createUser`,
  fetchFn: (url: string, { headers, ...init }: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...headers, authorization } as Record<string, string> }),
})

it.each(audits)('$id $name', async ({ id, fn }) => {
  const { status } = await fn()
  if (id in DIFFERENCES) expect(status, `no longer differs: ${DIFFERENCES[id]}`).toMatch(/^(?:notice|warn)$/)
  else expect(status).toBe('ok')
})

it.each(Object.keys(DIFFERENCES))('the audit %s exists', (id) => {
  expect(audits.map((audit) => audit.id)).toContain(id)
})
