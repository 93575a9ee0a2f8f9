import { CompiledQuery } from 'kysely'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'

/**
 * Reserves so many requests in the window of a name, which the first reservation opens; all instances share it.
 * Throws DatabaseUnavailable.
 */
export type Reserve = (name: string, requests: number, seconds: number) => Promise<Reserved>

/** How many requests of a window are reserved, these too, and how long it stays open. */
export interface Reserved {
  readonly requests: number
  readonly msLeft: number
}

/** Counts in the table `rate_limits`, by one statement a reservation. Rows whose window is over are deleted now and then. */
export function reserveIn(database: Database, { again }: Reach): Reserve {
  const limiter = new RateLimiterPostgres({
    // On the store's own connections, with their time limit.
    storeClient: {
      query: ({ text, values }: { text: string; values: readonly unknown[] }) =>
        database.executeQuery(CompiledQuery.raw(text, [...values])),
    },
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: '',
    // Only counted here, never judged: the points allowed make no difference.
    points: 0,
    duration: 0,
  })
  const endBy = (key: string, at: number) =>
    database.executeQuery(
      CompiledQuery.raw('update rate_limits set expire = least(expire, $2) where key = $1', [key, at]),
    )
  return async (name, requests, seconds) => {
    // What is reserved twice, as an answer was lost, is refused early and never passes.
    const window = await again(() => limiter.penalty(`${name} ${seconds}`, requests, { customDuration: seconds }))
    const endsAtMost = Date.now() + seconds * 1000
    if (window.msBeforeNext <= seconds * 1000) return { requests: window.consumedPoints, msLeft: window.msBeforeNext }
    // A clock was set back: left alone, the window would go on until that clock has caught up.
    await again(() => endBy(`${name} ${seconds}`, endsAtMost))
    return { requests: window.consumedPoints, msLeft: seconds * 1000 }
  }
}
