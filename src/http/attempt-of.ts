import { createHmac } from 'node:crypto'
import type { Attempt } from '../store/reply-store.ts'
import { readKey } from './read-key.ts'
import type { Accepted } from './serve-contract.ts'

const HEADER = 'Idempotency-Key'

/** What a request's `Idempotency-Key` makes of it, where the document has that header; undefined without one. */
export function attemptOf({ contract, operation, koa, body, caller }: Accepted): Attempt | undefined {
  const given = koa.get(HEADER)
  if (given === '') return undefined
  const isDocumented = operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === HEADER)
  const apiKey = readKey(koa.req.headers, contract.credential)
  if (!isDocumented || apiKey === undefined) return undefined

  const idempotencyKey = given.replace(/^"(.*)"$/, '$1')
  // Keyed by what only the client has: a bare hash of the body would let a reader of the database try out passwords.
  const fingerprint = createHmac('sha256', apiKey)
    .update(JSON.stringify([idempotencyKey, operation.operationId, body]))
    .digest('base64url')
  return { keyId: caller.keyId, idempotencyKey, fingerprint }
}
