import DataLoader from 'dataloader'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'

/**
 * Reserves so many requests in the window of a name, which the first reservation opens; all instances share it. Who has asked
 * for a name asks again when it was answered: one statement reserves in a window once. Throws DatabaseUnavailable.
 */
export type Reserve = (name: string, requests: number, seconds: number) => Promise<Reserved>

/** How many requests of a window are reserved, these too, and how long it stays open. */
export interface Reserved {
  readonly requests: number
  readonly msLeft: number
}

export interface RateLimitStore {
  readonly reserve: Reserve
  /** Removes windows that are over. */
  removeExpired(now: Date): Promise<void>
}

/** A window by its name: how many requests are reserved in it, and when it ends, in milliseconds since 1970. */
interface RateLimitsTable {
  key: string
  points: number
  /** The driver gives what JavaScript's numbers may not hold as text. */
  expire: number | string
}

interface Asked {
  readonly key: string
  readonly points: number
  readonly ms: number
}

// More rows a statement gain little.
const reservedAtOnceMax = 64
// The clocks of instances may differ: one may still use what is over for another.
const removedAfterMs = 3_600_000

/** Counts in the table `rate_limits`. What is reserved in one turn of the event loop is one statement. */
export function rateLimitStore(untyped: Database, { again }: Reach): RateLimitStore {
  const database = untyped.withTables<{ rate_limits: RateLimitsTable }>()
  const reservations = new DataLoader<Asked, Reserved>(reserveAll, {
    cache: false,
    maxBatchSize: reservedAtOnceMax,
    batchScheduleFn: setImmediate,
  })

  async function reserveAll(asked: readonly Asked[]): Promise<Reserved[]> {
    // In one order, so that two instances never wait for each other.
    const inOrder = asked.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    // What is reserved twice, as an answer was lost, is refused early and never passes.
    const windows = await again(() => {
      const now = Date.now()
      const rows = inOrder.map(({ key, points, ms }) => ({ key, points, expire: now + ms }))
      return database
        .insertInto('rate_limits')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet(({ eb, fn, ref, val }) => {
            const isOver = eb('rate_limits.expire', '<=', val(now))
            const points = eb('rate_limits.points', '+', ref('excluded.points'))
            // A clock was set back where a window ends later than a new one: it would go on until that clock has caught up.
            const expire = fn<number>('least', ['rate_limits.expire', 'excluded.expire'])
            return {
              points: eb.case().when(isOver).then(ref('excluded.points')).else(points).end(),
              expire: eb.case().when(isOver).then(ref('excluded.expire')).else(expire).end(),
            }
          }),
        )
        .returningAll()
        .execute()
    })
    // An answer may have taken long, and the window goes on meanwhile.
    const now = Date.now()
    const byKey = new Map(windows.map((window) => [window.key, window]))
    return asked.map(({ key }) => {
      const window = byKey.get(key)
      if (!window) throw new Error(`no window was reserved for ${key}`)
      return { requests: window.points, msLeft: Math.max(0, Number(window.expire) - now) }
    })
  }

  return {
    reserve: (name, requests, seconds) =>
      reservations.load({ key: `${name} ${seconds}`, points: requests, ms: seconds * 1000 }),

    async removeExpired(now) {
      await again(() =>
        database
          .deleteFrom('rate_limits')
          .where('expire', '<', now.getTime() - removedAfterMs)
          .execute(),
      )
    },
  }
}
