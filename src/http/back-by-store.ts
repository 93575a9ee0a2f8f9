import { v7 as uuid } from 'uuid'
import { hashPassword } from '../password.ts'
import { DatabaseUnavailable } from '../store/database-unavailable.ts'
import type { Store } from '../store/store.ts'
import type { Count } from './count-request.ts'
import { Refused } from './refused.ts'
import type { Backing } from './serve-contract.ts'

/**
 * The service behind the contracts. A handler says what to store and what to answer; its replies are checked
 * against the contract, then its user is stored, then one of the replies is given.
 */
export function backByStore({ keys, users }: Store, count: Count): Backing {
  return {
    count,
    now: () => new Date(),
    authenticate: (contract, key) => orRefuse(keys.find(contract.name, key, new Date())),
    directory: (contract) => ({ isTaken: (uniqueKey) => orRefuse(users.isTaken(contract.name, uniqueKey)) }),

    async answer({ contract, operation, body, caller, pathParameters, now, demandDocumented }) {
      const handle = contract.handlers[String(operation.operationId)]
      if (!handle) throw new Error(`${contract.name} has no handler for ${operation.operationId}`)

      const answer = await handle(body, { caller, pathParameters, now, uuid, hashPassword })
      if (!('user' in answer)) {
        demandDocumented(answer)
        return answer
      }
      demandDocumented(answer.reply)
      demandDocumented(answer.duplicate)
      const outcome = await orRefuse(
        users.insert({ ...answer.user, contract: contract.name, createdBy: caller.keyId, createdAt: now }),
      )
      return outcome === 'inserted' ? answer.reply : answer.duplicate
    },
  }
}

/** A database that cannot serve is no fault of a request, and every contract has words for it. */
async function orRefuse<T>(stored: Promise<T>): Promise<T> {
  try {
    return await stored
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    throw new Refused({ kind: 'unavailable', retryAfterSeconds: 1 }, { cause: error })
  }
}
