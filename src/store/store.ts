import { type Database, engineOf, migrate, migrationsOf, openDatabase } from './database.ts'
import { type KeyStore, keyStore } from './key-store.ts'
import { type Reserve, rateLimitStore } from './rate-limits.ts'
import { reach } from './reach.ts'
import { readiness } from './readiness.ts'
import { type ReplyStore, replyStore } from './reply-store.ts'
import { type UserStore, userStore } from './user-store.ts'

export interface Store {
  readonly database: Database
  readonly keys: KeyStore
  readonly users: UserStore
  readonly replies: ReplyStore
  /** Reserves requests of a rate limit for this instance; absent where a database has no others. */
  readonly reserve?: Reserve
  /** Removes the replies and the windows of limits that nobody may have any more. */
  readonly removeExpired: (now: Date) => Promise<void>
  /** Throws unless the database answers within two seconds and its tables are up to date. */
  readonly demandReady: () => Promise<void>
}

/**
 * Opens a database by its URL and brings its tables up to date. Whoever opens it ends it: `database.destroy()`.
 * It throws DatabaseUnavailable, and so do its stores, when the database cannot serve.
 */
export async function openStore(url: string): Promise<Store> {
  const engine = await engineOf(url)
  const database = openDatabase(engine)
  try {
    await migrate(database, engine)
  } catch (error) {
    await database.destroy()
    throw error
  }
  const reaching = reach(engine)
  const replies = replyStore(database, reaching)
  const limits = engine.keepsCounts ? rateLimitStore(database, reaching) : undefined
  return {
    database,
    keys: keyStore(database, reaching),
    users: userStore(database, reaching, engine),
    replies,
    ...(limits && { reserve: limits.reserve }),
    async removeExpired(now) {
      await Promise.all([replies.removeExpired(now), limits?.removeExpired(now)])
    },
    demandReady: readiness(database, reaching, Object.keys(migrationsOf(engine))),
  }
}
