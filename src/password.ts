import { availableParallelism } from 'node:os'
import { hash } from '@node-rs/argon2'
import pLimit from 'p-limit'

// Hashes run in libuv's pool. A thread of it stays free for files and host names, and a core for everybody's requests.
const poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || 4
const runningMax = Math.max(1, Math.min(availableParallelism(), poolThreads) - 1)
// A hash takes 15 to 30 ms: who comes last waits for two seconds or so.
const waitingMax = runningMax * 80

const inTurn = pLimit(runningMax)

/** More passwords are waiting to be hashed than can be soon. */
export class PasswordQueueFull extends Error {
  constructor() {
    super('too many passwords are waiting to be hashed')
  }
}

/**
 * Password → PHC string of argon2id with the library's parameters (19 MiB, 2 passes), which are OWASP's.
 * Few are hashed at once, others wait; when too many wait it throws PasswordQueueFull.
 */
export async function hashPassword(password: string): Promise<string> {
  if (inTurn.pendingCount >= waitingMax) throw new PasswordQueueFull()
  return inTurn(() => hash(password))
}

/** How many passwords are being hashed, and how many wait for it. */
export function passwordQueue(): { readonly running: number; readonly waiting: number } {
  return { running: inTurn.activeCount, waiting: inTurn.pendingCount }
}
