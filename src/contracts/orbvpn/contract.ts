import type { components, operations } from '../../../generated/orbvpn/types.ts'
import { defineContract } from '../contract.ts'
import { base64Key } from '../key.ts'
import { toError } from './to-error.ts'

type Code = components['schemas']['GraphqlError']['extensions']['code']

export const orbvpn = defineContract<operations>({
  name: 'orbvpn',
  // GraphQL is most of the code of all contracts: nobody else's first request waits for it.
  prepare: () => Promise.all([import('./check-request.ts'), import('./create-user.ts')]),
  reload: async () => (await import('./schema.ts')).reloadSchema(),
  credential: { header: 'Authorization', scheme: 'Bearer', challenge: 'Bearer', newKey: base64Key },
  callers: [
    { role: 'admin', tenant: null },
    {
      role: 'reseller',
      tenant: { description: 'a reseller id (1 to 2147483647)', accepts: isResellerId, example: '7' },
    },
  ],
  checks: { createUser: async (...request) => (await import('./check-request.ts')).checkRequest(...request) },
  refuse(refusal) {
    switch (refusal.kind) {
      case 'notRouted':
        return { status: 405, body: error('METHOD_NOT_ALLOWED', `use ${refusal.allow.join(', ')}`) }
      case 'unauthenticated':
        return { status: 401, body: error('AUTHENTICATION_ERROR', 'a valid key is required') }
      case 'limited':
        return { status: 429, body: error('RATE_LIMITED', 'too many requests') }
      case 'unsupportedMediaType':
        return { status: 415, body: error('UNSUPPORTED_MEDIA_TYPE', 'send application/json in UTF-8') }
      case 'tooLarge':
        return {
          status: 413,
          body: error('PAYLOAD_TOO_LARGE', `the body must be at most ${refusal.bodyBytesMax} bytes`),
        }
      case 'malformed':
        return { status: 400, body: error('BAD_REQUEST', refusal.reason) }
      case 'invalid':
        return { status: 400, body: { errors: refusal.issues.map(toError) } }
      case 'requestInProgress':
        return {
          status: 409,
          body: error('REQUEST_IN_PROGRESS', 'a request with this Idempotency-Key is still running'),
        }
      case 'idempotencyMismatch':
        return {
          status: 422,
          body: error('IDEMPOTENCY_MISMATCH', 'this Idempotency-Key was used with another body'),
        }
      case 'unavailable':
        return { status: 503, body: error('UNAVAILABLE', 'the service is unavailable') }
      case 'internal':
        return { status: 500, body: error('INTERNAL_SERVER_ERROR', 'internal server error') }
    }
  },
  handlers: { createUser: async (...request) => (await import('./create-user.ts')).createUser(...request) },
})

/** What a GraphQL Int holds, but for 0, which is nobody. */
function isResellerId(id: string): boolean {
  return /^[1-9]\d{0,9}$/.test(id) && Number(id) <= 2_147_483_647
}

function error(code: Code, message: string): components['schemas']['RequestErrors'] {
  return { errors: [{ message, extensions: { code } }] }
}
