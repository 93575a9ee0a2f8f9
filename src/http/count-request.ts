import type { Limit } from '../contracts/contract.ts'
import type { RateLimit } from '../contracts/document.ts'

/** Counts a request under a name, in the window that is open for it. The first request opens a window. */
export type Count = (name: string, limit: RateLimit) => Promise<CountedWindow>

/** How many requests a window has seen, the last one too, and how long it stays open. */
export interface CountedWindow {
  readonly requests: number
  readonly msLeft: number
}

/**
 * Counts a request against each of its limits. `limit` is the one to tell the client of: of those that are used up
 * the last to end, since nothing passes before, else the first.
 */
export async function countRequest(
  count: Count,
  name: string,
  limits: readonly RateLimit[],
  now: Date,
): Promise<{ limit: Limit | undefined; isOver: boolean }> {
  const counted = await Promise.all(limits.map(async (limit) => ({ ...limit, window: await count(name, limit) })))
  const [last] = counted
    .filter(({ requests, window }) => window.requests >= requests)
    .sort((a, b) => b.window.msLeft - a.window.msLeft)
  const told = last ?? counted[0]
  // Rounded up, so that who comes at the second told is let in.
  const secondsLeft = (from: number) => Math.ceil((from + (told?.window.msLeft ?? 0)) / 1000)
  return {
    limit: told && {
      requestsMax: told.requests,
      remaining: Math.max(0, told.requests - told.window.requests),
      windowSeconds: told.seconds,
      resetAt: new Date(secondsLeft(now.getTime()) * 1000),
      retryAfterSeconds: secondsLeft(0),
    },
    isOver: counted.some(({ requests, window }) => window.requests > requests),
  }
}
