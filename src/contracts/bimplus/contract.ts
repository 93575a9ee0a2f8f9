import type { operations } from '../../../generated/bimplus/types.ts'
import { defineContract } from '../contract.ts'
import { checkUser } from './check-user.ts'
import { createUser } from './create-user.ts'
import { fieldErrors } from './field-errors.ts'

export const bimplus = defineContract<operations>({
  name: 'bimplus',
  credential: {
    header: 'Authorization',
    scheme: 'BimPlus',
    challenge: 'BimPlus',
    // The vendor's keys have 32 hexadecimal digits.
    newKey: (bytes) => bytes(16).toString('hex'),
  },
  callers: [{ role: null, tenant: null }],
  checks: { createUser: checkUser },
  limitHeaders: ({ requestsMax, remaining }) => ({
    'X-RateLimit-Limit': String(requestsMax),
    'X-RateLimit-Remaining': String(remaining),
  }),
  refuse(refusal) {
    switch (refusal.kind) {
      case 'notRouted':
        return {
          status: 405,
          body: { code: 'METHOD_NOT_ALLOWED', message: `Use ${refusal.allow.join(', ')}.`, errors: [] },
        }
      case 'unauthenticated':
        return {
          status: 401,
          body: {
            code: 'UNAUTHORIZED',
            message: 'A valid key is required: Authorization: BimPlus <key>.',
            errors: [],
          },
        }
      case 'limited':
        return {
          status: 429,
          body: {
            code: 'RATE_LIMITED',
            message: 'Too many requests. Retry-After says how many seconds to wait.',
            errors: [],
          },
        }
      case 'unsupportedMediaType':
        return {
          status: 415,
          body: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Send application/json in UTF-8.', errors: [] },
        }
      case 'tooLarge':
        return {
          status: 413,
          body: {
            code: 'PAYLOAD_TOO_LARGE',
            message: `The body must be at most ${refusal.bodyBytesMax} bytes.`,
            errors: [],
          },
        }
      case 'malformed':
        return {
          status: 400,
          body: { code: 'BAD_REQUEST', message: `The request cannot be read: ${refusal.reason}.`, errors: [] },
        }
      case 'invalid':
        return {
          status: 400,
          body: {
            code: 'VALIDATION_FAILED',
            message: 'The request is not valid.',
            errors: fieldErrors(refusal.issues),
          },
        }
      case 'requestInProgress':
        return {
          status: 409,
          body: {
            code: 'REQUEST_IN_PROGRESS',
            message: 'A request with this Idempotency-Key is still running.',
            errors: [],
          },
        }
      case 'idempotencyMismatch':
        return {
          status: 422,
          body: {
            code: 'IDEMPOTENCY_MISMATCH',
            message: 'This Idempotency-Key was used with another body.',
            errors: [],
          },
        }
      case 'unavailable':
        return {
          status: 503,
          body: {
            code: 'UNAVAILABLE',
            message: 'The service cannot answer now. Retry-After says how many seconds to wait.',
            errors: [],
          },
        }
      case 'internal':
        return {
          status: 500,
          body: { code: 'INTERNAL_ERROR', message: 'A fault of ours. Nothing was stored.', errors: [] },
        }
    }
  },
  handlers: { createUser },
})
