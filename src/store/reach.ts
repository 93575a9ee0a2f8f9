import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseUnavailable } from './database-unavailable.ts'
import type { Engine } from './engine.ts'

/** How the stores reach their database: when it cannot serve, they throw a DatabaseUnavailable. */
export interface Reach {
  once<T>(work: () => Promise<T>): Promise<T>
  /** For work that may happen twice: tries again, a few times within a second, when an outage may pass. */
  again<T>(work: (isRepeat: boolean) => Promise<T>): Promise<T>
}

// Each is varied by half, so that requests that failed together do not come back together.
const PAUSES_MS = [50, 200, 500]

export function reach({ outageOf }: Pick<Engine, 'outageOf'>): Reach {
  async function attempt<T>(work: (isRepeat: boolean) => Promise<T>, pausesMs: readonly number[], isRepeat: boolean) {
    try {
      return await work(isRepeat)
    } catch (error) {
      const outage = outageOf(error)
      if (outage === undefined) throw error
      const [pauseMs, ...rest] = pausesMs
      if (outage === 'lasting' || pauseMs === undefined) throw new DatabaseUnavailable(error)
      await sleep(pauseMs * (0.5 + Math.random()))
      return attempt(work, rest, true)
    }
  }
  return {
    once: (work) => attempt(work, [], false),
    again: (work) => attempt(work, PAUSES_MS, false),
  }
}
