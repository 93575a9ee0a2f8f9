import type { Store } from '../../src/store/store.ts'
import type { StoredUser } from '../../src/store/user-store.ts'
import { type Options, run } from '../support/rollcall.ts'
import type { Attempt } from './load.ts'

/** What the clients were told, beside what is stored. */
export interface Tally {
  readonly sent: number
  readonly acknowledged: number
  /** Answered with a 2xx, and not there exactly once under the id of the reply. */
  readonly lost: number
  /** There, without a 2xx: the client was cut off or got a 503, and was told of a duplicate when it came again, or left. */
  readonly 'stored unacknowledged': number
  /** There under an address that nobody sent, or more often than once. */
  readonly unwanted: number
  /** Replies other than a 2xx, a 503, and a duplicate to who came again without an Idempotency-Key. */
  readonly unexpected: number
}

export function tally(attempts: readonly Attempt[], users: readonly StoredUser[]): Tally {
  const nameOf = (contract: string, email: unknown) => `${contract} ${email}`
  const ids = new Map<string, string[]>()
  for (const { contract, id, profile } of users) {
    const name = nameOf(contract, (profile as { email: unknown }).email)
    ids.set(name, [...(ids.get(name) ?? []), id])
  }
  const outcomes = attempts.map(({ contract, email, idempotencyKey, cut, unavailable, answer }) => {
    const stored = ids.get(nameOf(contract.name, email)) ?? []
    const isAcknowledged = answer !== undefined && answer.status < 300
    const isDuplicate = /already/.test(answer?.text ?? '') && idempotencyKey === undefined && cut + unavailable > 0
    return {
      isAcknowledged,
      isLost: isAcknowledged && !(stored.length === 1 && stored[0] === JSON.parse(answer.text).id),
      isStoredOnly: !isAcknowledged && stored.length > 0,
      isUnexpected: answer !== undefined && !isAcknowledged && !isDuplicate,
      // A duplicate of nobody would be a user lost.
      isMissing: isDuplicate && stored.length !== 1,
    }
  })
  const sent = new Set(attempts.map(({ contract, email }) => nameOf(contract.name, email)))
  return {
    sent: attempts.length,
    acknowledged: outcomes.filter(({ isAcknowledged }) => isAcknowledged).length,
    lost: outcomes.filter(({ isLost, isMissing }) => isLost || isMissing).length,
    'stored unacknowledged': outcomes.filter(({ isStoredOnly }) => isStoredOnly).length,
    unwanted: [...ids].filter(([name, { length }]) => !sent.has(name) || length > 1).length,
    unexpected: outcomes.filter(({ isUnexpected }) => isUnexpected).length,
  }
}

/** Every user stored, as operators get them. */
export async function storedUsers(options: Options): Promise<readonly StoredUser[]> {
  const { code, stdout, stderr } = await run(['users', 'export'], options)
  if (code !== 0) throw new Error(`the users were not exported: ${stderr}`)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Every user in a store of this process. */
export async function usersIn({ users }: Store): Promise<readonly StoredUser[]> {
  const all: StoredUser[] = []
  for await (const user of users.stream({})) all.push(user)
  return all
}
