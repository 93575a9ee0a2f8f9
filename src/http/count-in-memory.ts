import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Count } from './count-request.ts'

/** Counts in the memory of this process. A window is forgotten when it ends. */
export function countInMemory(): Count {
  const limiters = new Map<number, RateLimiterMemory>()
  return async (name, { seconds }) => {
    // Only counted here, never judged: the points allowed make no difference.
    const limiter = limiters.get(seconds) ?? new RateLimiterMemory({ points: 0, duration: seconds })
    limiters.set(seconds, limiter)
    const { consumedPoints, msBeforeNext } = await limiter.penalty(name)
    // A clock that was set back makes a window look longer than it is: a timer ends it.
    return { requests: consumedPoints, msLeft: Math.min(msBeforeNext, seconds * 1000) }
  }
}
