import type { NewUser, Reply } from '../contracts/contract.ts'
import { hashPassword, PasswordQueueFull } from '../password.ts'
import { DatabaseUnavailable } from '../store/database-unavailable.ts'
import type { Attempt } from '../store/reply-store.ts'
import type { Store } from '../store/store.ts'
import type { UserToStore } from '../store/user-store.ts'
import { uuid } from '../uuid.ts'
import { attemptOf } from './attempt-of.ts'
import type { Count } from './count-request.ts'
import { Refused } from './refused.ts'
import type { Accepted, Backing } from './serve-contract.ts'

/**
 * The service behind the contracts. A handler says what to store and what to answer; its replies are checked
 * against the contract, then its user is stored, then one of the replies is given. The requests of one attempt
 * (`Idempotency-Key`) are answered once, and the others get that answer.
 */
export function backByStore({ keys, users, replies }: Store, count: Count): Backing {
  const running = new Set<string>()

  /** The reply to an earlier request of the attempt. */
  async function earlierReply(attempt: Attempt, { koa, now }: Accepted): Promise<Reply | undefined> {
    const kept = await replies.find(attempt, now)
    if (!kept) return undefined
    if (kept.fingerprint !== attempt.fingerprint) throw new Refused({ kind: 'idempotencyMismatch' })
    koa.state.isRepeated = true
    return kept.reply
  }

  async function create(accepted: Accepted, attempt?: Attempt): Promise<Reply> {
    const { contract, operation, body, caller, pathParameters, now, demandDocumented } = accepted
    const handle = contract.handlers[String(operation.operationId)]
    if (!handle) throw new Error(`${contract.name} has no handler for ${operation.operationId}`)

    const answer = await handle(body, { caller, pathParameters, now, uuid, hashPassword })
    if (!('user' in answer)) {
      demandDocumented(answer)
      return answer
    }
    const { reply, duplicate } = answer
    demandDocumented(reply)
    const user = toStore(answer.user, contract.name, caller.keyId, now)
    const outcome = await users.insert(user, attempt && { attempt, reply })
    if (outcome === 'inserted') return reply

    // Another instance may have answered the attempt in the meantime.
    const earlier = attempt && (await earlierReply(attempt, accepted))
    if (earlier) return earlier
    if (outcome === 'repeated') throw new Refused({ kind: 'requestInProgress' })
    demandDocumented(duplicate)
    return duplicate
  }

  return {
    count,
    now: () => new Date(),
    authenticate: (contract, key) => keys.find(contract.name, key, new Date()),
    directory: (contract) => ({ isTaken: (uniqueKey) => users.isTaken(contract.name, uniqueKey) }),
    refusedFor,

    async answer(accepted) {
      const attempt = attemptOf(accepted)
      if (!attempt) return create(accepted)
      const name = `${attempt.keyId} ${attempt.idempotencyKey}`
      if (running.has(name)) throw new Refused({ kind: 'requestInProgress' })
      running.add(name)
      try {
        return (await earlierReply(attempt, accepted)) ?? (await create(accepted, attempt))
      } finally {
        running.delete(name)
      }
    },
  }
}

/** Not by a spread: V8 makes a new hidden class for each object that is copied and then added to. */
function toStore(user: NewUser, contract: string, createdBy: string, createdAt: Date): UserToStore {
  const { id, tenant, uniqueKey, profile, passwordHash } = user
  return { contract, id, tenant, uniqueKey, profile, passwordHash, createdBy, createdAt }
}

/** A service that is out of means is no fault of a request, and every contract has words for it. */
function refusedFor(error: unknown): Refused | undefined {
  const cause = unavailabilityIn(error)
  if (!cause) return undefined
  // A database that is away is an error in the log. A full queue is not: a flood of requests must not be one of stacks.
  const options = cause instanceof DatabaseUnavailable ? { cause } : {}
  return new Refused({ kind: 'unavailable', retryAfterSeconds: 1 }, options)
}

/** What is unavailable, also where the library that runs a handler has wrapped it. */
function unavailabilityIn(error: unknown): Error | undefined {
  if (error instanceof DatabaseUnavailable || error instanceof PasswordQueueFull) return error
  return error instanceof Error ? unavailabilityIn(error.cause) : undefined
}
