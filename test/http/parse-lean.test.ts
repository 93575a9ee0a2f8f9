import fc from 'fast-check'
import { OpenAPIBackend } from 'openapi-backend'
import { describe, expect, it } from 'vitest'
import { type ContractDocument, operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { ajv } from '../../src/http/ajv.ts'
import { parseLean } from '../../src/http/parse-lean.ts'
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
  it('is validated as by the router as it comes', async () => {
    const document = readDocument(name)
    const [usual, lean] = [await backendOf(document), await backendOf(document)]
    parseLean(lean.router)
    const valid = await validBodies({ name } as never, 20)
    const body = fc.oneof(fc.constantFrom(...valid), fc.object())
    for (const { path, method } of operationsOf(document)) {
      const { operationId = '' } = usual.matchOperation({ path, method, headers: {} }) ?? {}
      fc.assert(
        fc.property(header, body, (headers, sent) => {
          const validate = (api: OpenAPIBackend) => {
            const request = { path, method, headers, body: structuredClone(sent) }
            const { errors } = api.validateRequest(request, operationId)
            // The defaults that were filled in, too.
            return { errors, body: request.body }
          }
          expect(validate(lean as never)).toEqual(validate(usual as never))
        }),
      )
    }
  })
})

it('leaves paths, queries and cookies that have parameters to the router', async () => {
  const parameters = [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'page', in: 'query', schema: { type: 'string' } },
    { name: 'session', in: 'cookie', schema: { type: 'string' } },
  ]
  const operation = (operationId: string, own: object[]) => ({ operationId, parameters: own, responses: {} })
  const api = await backendOf({
    openapi: '3.1.0',
    info: { title: 'parameters', version: '1' },
    paths: {
      '/users/{id}': { get: operation('ofPath', parameters.slice(0, 1)) },
      '/users': { get: operation('ofQuery', parameters.slice(1, 2)) },
      '/session': { get: operation('ofCookie', parameters.slice(2)) },
    },
  } as never)
  parseLean(api.router)
  const parse = (path: string) => {
    const request = { path, method: 'get', headers: { cookie: 'session=s' }, query: { page: '2' } }
    return api.router.parseRequest(request, api.matchOperation(request) as never)
  }
  expect(parse('/users/7').params).toEqual({ id: '7' })
  expect(parse('/users').query).toEqual({ page: '2' })
  expect(parse('/session').cookies).toEqual({ session: 's' })
})
