import type { operations } from '../../../generated/garmat/types.ts'
import { defineContract } from '../contract.ts'
import { sentence } from '../issue.ts'
import { base64Key } from '../key.ts'
import { createUser } from './create-user.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const garmat = defineContract<operations>({
  name: 'garmat',
  credential: {
    header: 'Authorization',
    scheme: 'Bearer',
    // The vendor prints `Authorization: <token>` as well.
    schemeOptional: true,
    challenge: 'Bearer',
    newKey: base64Key,
  },
  callers: [
    { role: 'garmat_admin', tenant: null },
    {
      role: 'customer_admin',
      tenant: {
        description: 'an account id (UUID)',
        accepts: (id) => UUID.test(id),
        example: '293f191b-f2e6-4dde-bcab-00b10fdb8cf4',
      },
    },
  ],
  refuse(refusal) {
    switch (refusal.kind) {
      case 'notRouted':
        return { status: 405, body: { error: `Method Not Allowed: use ${refusal.allow.join(', ')}` } }
      case 'unauthenticated':
        return { status: 401, body: { error: 'Unauthorized' } }
      case 'limited':
        return { status: 429, body: { error: 'Too Many Requests' } }
      case 'unsupportedMediaType':
        return { status: 415, body: { error: 'Unsupported Media Type: send application/json in UTF-8' } }
      case 'tooLarge':
        return {
          status: 413,
          body: { error: `Payload Too Large: the body must be at most ${refusal.bodyBytesMax} bytes` },
        }
      case 'malformed':
        return { status: 400, body: { error: `Bad Request: ${refusal.reason}` } }
      case 'invalid':
        return { status: 400, body: { error: `Bad Request: ${sentence(refusal.issues)}` } }
      case 'requestInProgress':
        return { status: 409, body: { error: 'Conflict: a request with this Idempotency-Key is still running' } }
      case 'idempotencyMismatch':
        return {
          status: 422,
          body: { error: 'Unprocessable Content: this Idempotency-Key was used with another body' },
        }
      case 'unavailable':
        return { status: 503, body: { error: 'Service Unavailable' } }
      case 'internal':
        return { status: 500, body: { error: 'Internal Server Error' } }
    }
  },
  handlers: { createUser },
})
