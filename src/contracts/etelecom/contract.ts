import type { operations } from '../../../generated/etelecom/types.ts'
import { defineContract } from '../contract.ts'
import { sentence } from '../issue.ts'
import { base64Key } from '../key.ts'
import { byField } from './by-field.ts'

export const etelecom = defineContract<operations>({
  name: 'etelecom',
  credential: { header: 'Authorization', scheme: 'Bearer', challenge: 'Bearer', newKey: base64Key },
  callers: [
    {
      role: null,
      tenant: {
        description: 'a shop id (1 to 64 characters, no spaces)',
        accepts: (id) => /^[^\s\p{C}]{1,64}$/u.test(id),
        example: '1057792338951722956',
      },
    },
  ],
  // What is known of all countries' numbers is large: nobody else's first request waits for it.
  prepare: () => Promise.all([import('./check-phone.ts'), import('./create-user.ts')]),
  checks: { createUser: async (...request) => (await import('./check-phone.ts')).checkPhone(...request) },
  refuse(refusal) {
    switch (refusal.kind) {
      // The vendor's RPC style calls every request that no method can take a bad route.
      case 'notRouted': {
        const msg = refusal.allow.length === 0 ? 'no method has this path' : `use ${refusal.allow.join(', ')}`
        return { status: 404, body: { code: 'bad_route', msg } }
      }
      case 'unauthenticated':
        return { status: 401, body: { code: 'unauthenticated', msg: 'a valid shop key is required' } }
      case 'limited':
        return { status: 429, body: { code: 'resource_exhausted', msg: 'too many requests' } }
      case 'unsupportedMediaType':
        return { status: 404, body: { code: 'bad_route', msg: 'send application/json in UTF-8' } }
      case 'tooLarge':
        return {
          status: 413,
          body: { code: 'invalid_argument', msg: `the body must be at most ${refusal.bodyBytesMax} bytes` },
        }
      case 'malformed':
        return { status: 400, body: { code: 'malformed', msg: refusal.reason } }
      case 'invalid':
        return {
          status: 400,
          body: { code: 'invalid_argument', msg: sentence(refusal.issues), meta: byField(refusal.issues) },
        }
      case 'requestInProgress':
        return { status: 409, body: { code: 'aborted', msg: 'a request with this Idempotency-Key is still running' } }
      case 'idempotencyMismatch':
        return {
          status: 412,
          body: { code: 'failed_precondition', msg: 'this Idempotency-Key was used with another body' },
        }
      case 'unavailable':
        return { status: 503, body: { code: 'unavailable', msg: 'the service is unavailable' } }
      case 'internal':
        return { status: 500, body: { code: 'internal', msg: 'internal error' } }
    }
  },
  handlers: { createUser: async (...request) => (await import('./create-user.ts')).createUser(...request) },
})
