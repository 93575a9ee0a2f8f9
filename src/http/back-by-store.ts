import { v7 as uuid } from 'uuid'
import { hashPassword } from '../password.ts'
import type { Store } from '../store/store.ts'
import type { Count } from './count-request.ts'
import type { Backing } from './serve-contract.ts'

/**
 * The service behind the contracts. A handler says what to store and what to answer; its replies are checked
 * against the contract, then its user is stored, then one of the replies is given.
 */
export function backByStore({ keys, users }: Store, count: Count): Backing {
  return {
    count,
    now: () => new Date(),
    authenticate: (contract, key) => keys.find(contract.name, key, new Date()),
    directory: (contract) => ({ isTaken: (uniqueKey) => users.isTaken(contract.name, uniqueKey) }),

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
      const outcome = await users.insert({
        ...answer.user,
        contract: contract.name,
        createdBy: caller.keyId,
        createdAt: now,
      })
      return outcome === 'inserted' ? answer.reply : answer.duplicate
    },
  }
}
