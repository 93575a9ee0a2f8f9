import type { RateLimit } from '../contracts/document.ts'
import type { Reserve } from '../store/rate-limits.ts'
import type { Count } from './count-request.ts'

// Of a limit. What one instance has reserved and does not use, the others have to do without.
const blockShare = 0.01

/** Requests of a window that are this instance's to count: `next` is the first of them that has not come. */
interface Block {
  next: number
  readonly last: number
  readonly endsAt: number
  readonly timer: NodeJS.Timeout
}

/**
 * Counts for all instances that reserve in one place. Each reserves a block of a window and counts it in memory: few requests
 * cost a write, and those over the limit none.
 */
export function countInBlocks(reserve: Reserve): Count {
  // Requests that come at once wait for one reservation.
  const blocks = new Map<string, Promise<Block>>()

  function forget(key: string, block: Promise<Block>): void {
    if (blocks.get(key) === block) blocks.delete(key)
  }

  function nextBlock(key: string, name: string, { requests, seconds }: RateLimit): Promise<Block> {
    const size = Math.max(1, Math.floor(requests * blockShare))
    const block = reserve(name, size, seconds).then((window): Block => {
      // A clock that was set back makes a window look longer than it is: a timer ends it.
      const msLeft = Math.min(window.msLeft, seconds * 1000)
      return {
        next: window.requests - size + 1,
        // The limit is used up with this block: whatever comes later is over it.
        last: window.requests < requests ? window.requests : Number.POSITIVE_INFINITY,
        endsAt: Date.now() + msLeft,
        timer: setTimeout(() => forget(key, block), msLeft).unref(),
      }
    })
    block.catch(() => forget(key, block))
    blocks.set(key, block)
    return block
  }

  return async (name, limit) => {
    const { seconds } = limit
    const key = `${name} ${seconds}`
    for (;;) {
      const pending = blocks.get(key) ?? nextBlock(key, name, limit)
      const block = await pending
      const msLeft = Math.min(block.endsAt - Date.now(), seconds * 1000)
      if (block.next <= block.last && msLeft > 0) return { requests: block.next++, msLeft }
      clearTimeout(block.timer)
      forget(key, pending)
    }
  }
}
