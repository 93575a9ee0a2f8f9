import type { operations } from '../../../generated/bizcare/types.ts'
import { type Directory, defineContract, type Limit, type Refusal } from '../contract.ts'
import { foldEmail } from '../email.ts'
import type { Issue } from '../issue.ts'
import { base64Key } from '../key.ts'
import { timestamp } from '../timestamp.ts'
import { checkDob } from './check-dob.ts'
import { createUser } from './create-user.ts'
import { detailsOf } from './details-of.ts'

export const bizcare = defineContract<operations>({
  name: 'bizcare',
  credential: { header: 'X-Invois-Key', challenge: 'ApiKey', newKey: base64Key },
  callers: [{ role: null, tenant: null }],
  checks: { createUser: checkDob },
  limitHeaders: ({ requestsMax, remaining, resetAt, windowSeconds }) => ({
    'X-RateLimit-Limit': String(requestsMax),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': timestamp(resetAt),
    'X-RateLimit-Window': String(windowSeconds),
  }),
  async refuse(refusal, directory) {
    switch (refusal.kind) {
      case 'notRouted':
        return { status: 405, body: { error: 'Method Not Allowed', message: `Use ${refusal.allow.join(', ')}` } }
      case 'unauthenticated':
        return { status: 401, body: { error: 'Unauthorized', message: 'Invalid or missing API key' } }
      case 'limited':
        return tooManyRequests(refusal.limit)
      case 'unsupportedMediaType':
        return { status: 415, body: { error: 'Unsupported Media Type', message: 'Send application/json in UTF-8' } }
      case 'tooLarge':
        return {
          status: 413,
          body: { error: 'Payload Too Large', message: `The body must be at most ${refusal.bodyBytesMax} bytes` },
        }
      case 'malformed':
        return { status: 400, body: { error: 'Bad Request', message: capitalized(refusal.reason) } }
      case 'invalid':
        return {
          status: 400,
          body: {
            error: 'Validation Error',
            message: 'The request contains invalid data',
            details: detailsOf([...(await findTaken(refusal, directory)), ...refusal.issues]),
          },
        }
      case 'requestInProgress':
        return {
          status: 409,
          body: { error: 'Conflict', message: 'A request with this Idempotency-Key is still running' },
        }
      case 'idempotencyMismatch':
        return {
          status: 422,
          body: { error: 'Unprocessable Content', message: 'This Idempotency-Key was used with another body' },
        }
      case 'unavailable':
        return {
          status: 503,
          body: { error: 'Service Unavailable', message: 'The service cannot answer now. Please try again later.' },
        }
      case 'internal':
        return { status: 500, body: { error: 'Internal Server Error', message: 'An unexpected error occurred' } }
    }
  },
  handlers: { createUser },
})

/** The vendor tells of a taken address beside the other mistakes of a body. Alone it is the 409 of the handler. */
async function findTaken(
  { issues, body: { email } }: Extract<Refusal, { kind: 'invalid' }>,
  directory: Directory,
): Promise<readonly Issue[]> {
  if (typeof email !== 'string' || issues.some(({ path }) => path[0] === 'email')) return []
  const isTaken = await directory.isTaken(foldEmail(email))
  return isTaken ? [{ path: ['email'], rule: 'taken', message: 'is already taken' }] : []
}

function tooManyRequests({ requestsMax, windowSeconds, resetAt, retryAfterSeconds }: Limit) {
  return {
    status: 429 as const,
    body: {
      error: 'Rate Limit Exceeded',
      message: 'Too many requests. Please try again later.',
      details: {
        retry_after: retryAfterSeconds,
        limit: requestsMax,
        remaining: 0 as const,
        reset_time: timestamp(resetAt),
        window: windowSeconds,
      },
    },
  }
}

function capitalized(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1)
}
