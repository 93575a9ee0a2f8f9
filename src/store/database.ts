import { Kysely, type Migration, Migrator } from 'kysely'
import type { Engine } from './engine.ts'
import { usersAndKeys } from './migrations/001-users-and-keys.ts'
import { idempotencyReplies } from './migrations/002-idempotency-replies.ts'
import { rateLimits } from './migrations/003-rate-limits.ts'
import { reach } from './reach.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

/** The engine of a `DATABASE_URL`: `sqlite:<path>`, `sqlite::memory:` or `postgres://…`. Only its own driver is loaded. */
export async function engineOf(url: string): Promise<Engine> {
  if (!url.startsWith('sqlite:')) return (await import('./postgres-engine.ts')).postgresEngine(url)
  return (await import('./sqlite-engine.ts')).sqliteEngine(url.slice('sqlite:'.length))
}

/** Opens a database. Nothing is read before the first query. */
export function openDatabase({ dialect }: Engine): Database {
  return new Kysely<Tables>({ dialect })
}

/** Every migration by its name, in their order. */
export function migrationsOf(engine: Engine): Readonly<Record<string, Migration>> {
  return {
    '001-users-and-keys': usersAndKeys(engine),
    '002-idempotency-replies': idempotencyReplies(engine),
    '003-rate-limits': rateLimits(engine),
  }
}

/** Brings the tables up to date. Returns the names of the migrations it ran. Processes that start at once take turns. */
export function migrate(database: Database, engine: Engine): Promise<readonly string[]> {
  return reach(engine).once(() =>
    engine.inTurn(database, async (db) => {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsOf(engine) } })
      const { error, results } = await migrator.migrateToLatest()
      if (engine.outageOf(error)) throw error
      if (error) throw new Error('the database could not be migrated', { cause: error })
      return results?.map(({ migrationName }) => migrationName) ?? []
    }),
  )
}
