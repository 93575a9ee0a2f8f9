import fc from 'fast-check'
import { OpenAPIBackend, type Request } from 'openapi-backend'
import { describe, expect, it } from 'vitest'
import { type ContractDocument, operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { ajv } from '../../src/http/ajv.ts'
import { validateLean } from '../../src/http/validate-lean.ts'
import { validBodies } from '../support/valid-bodies.ts'

async function backendOf(definition: ContractDocument) {
  const api = new OpenAPIBackend({ definition, quick: true, strict: true, customizeAjv: () => ajv as never })
  return api.init()
}

const header = fc.dictionary(
  fc.constantFrom('idempotency-key', 'content-type', 'cookie', 'x-other'),
  fc.string({ maxLength: 300 }),
)

describe.each(contracts)('$name', ({ name }) => {
  it('finds what openapi-backend finds, and fills in the same defaults', async () => {
    const document = readDocument(name)
    const api = await backendOf(document)
    const valid = await validBodies({ name } as never, 20)
    const body = fc.oneof(fc.constantFrom(...valid), fc.object(), fc.constant(undefined))
    for (const { path, method } of operationsOf(document)) {
      const operation = api.matchOperation({ path, method, headers: {} })
      if (!operation) throw new Error(`no operation for ${method} ${path}`)
      const validate = validateLean(api, operation)
      fc.assert(
        fc.property(header, body, (headers, sent) => {
          const [lean, usual] = [sent, sent].map((each) => ({ path, method, headers, body: structuredClone(each) }))
          const found = validate(lean as Request)
          expect(found).toEqual(api.validateRequest(usual as Request, operation).errors ?? [])
          expect(lean).toEqual(usual)
        }),
      )
    }
  })
})

it('leaves paths, queries and cookies that have parameters to openapi-backend', async () => {
  const number = { type: 'string', pattern: '^[0-9]+$' }
  const operation = (operationId: string, parameter: object) => ({
    operationId,
    parameters: [{ ...parameter, required: true, schema: number }],
    responses: {},
  })
  const api = await backendOf({
    openapi: '3.1.0',
    info: { title: 'parameters', version: '1' },
    paths: {
      '/users/{id}': { get: operation('ofPath', { name: 'id', in: 'path' }) },
      '/users': { get: operation('ofQuery', { name: 'page', in: 'query' }) },
      '/session': { get: operation('ofCookie', { name: 'session', in: 'cookie' }) },
    },
  } as never)
  const places = (path: string, parts: Partial<Request>) => {
    const request = { path, method: 'get', headers: {}, ...parts }
    const found = validateLean(api, api.matchOperation(request) as never)(request)
    return found.map(({ instancePath }) => instancePath)
  }
  expect(places('/users/7', {})).toEqual([])
  expect(places('/users/seven', {})).toEqual(['/path/id'])
  expect(places('/users', { query: { page: '2' } })).toEqual([])
  expect(places('/users', { query: { page: 'two' } })).toEqual(['/query/page'])
  expect(places('/session', { headers: { cookie: 'session=7' } })).toEqual([])
  expect(places('/session', { headers: { cookie: 'session=mine' } })).toEqual(['/cookie/session'])
})
