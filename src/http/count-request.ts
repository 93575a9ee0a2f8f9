import type { Limit } from '../contracts/contract.ts'
import type { RateLimit } from '../contracts/document.ts'

/** Counts a request under a name, in the window that is open for it. The first request opens a window. */
export type Count = (name: string, limit: RateLimit) => Promise<CountedWindow>

/** How many requests a window has seen, the last one too, and how long it stays open. */
export interface CountedWindow {
  readonly requests: number
  readonly msLeft: number
}

/** A request that was counted: how its client stands, and whether a limit refuses it. */
interface Counted {
  readonly limit: Limit
  readonly isOver: boolean
}

/**
 * Counts a request against each of its limits, one or more. The limit to tell the client of is the one that is used up
 * and ends last, since nothing passes before, else the first.
 */
export async function countRequest(
  count: Count,
  name: string,
  limits: readonly RateLimit[],
  now: Date,
): Promise<Counted> {
  const counted = await Promise.all(limits.map(async (limit) => toCounted(limit, await count(name, limit), now)))
  const { limit } = counted.reduce((told, next) => (outlasts(next.limit, told.limit) ? next : told))
  return { limit, isOver: counted.some(({ isOver }) => isOver) }
}

function toCounted(limit: RateLimit, { requests, msLeft }: CountedWindow, now: Date): Counted {
  return {
    limit: {
      requestsMax: limit.requests,
      remaining: Math.max(0, limit.requests - requests),
      windowSeconds: limit.seconds,
      // Rounded up, so that who comes at the second told is let in.
      resetAt: new Date(Math.ceil((now.getTime() + msLeft) / 1000) * 1000),
      retryAfterSeconds: Math.ceil(msLeft / 1000),
    },
    isOver: requests > limit.requests,
  }
}

function outlasts(limit: Limit, told: Limit): boolean {
  return limit.remaining === 0 && (told.remaining > 0 || limit.resetAt > told.resetAt)
}
