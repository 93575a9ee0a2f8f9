import { Kysely, Migrator, sql } from 'kysely'
import * as usersAndKeys from './migrations/001-users-and-keys.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

const migrations = { '001-users-and-keys': usersAndKeys }

/** Opens the database of a `DATABASE_URL`: `sqlite:<path>` or `sqlite::memory:`. Nothing is read before the first query. */
export function openDatabase(url: string): Database {
  return new Kysely<Tables>({ dialect: sqliteDialect(url.slice('sqlite:'.length)) })
}

/** Brings the tables up to date. Returns the names of the migrations it ran. Processes that start at once take turns. */
export async function migrate(database: Database): Promise<readonly string[]> {
  return database.connection().execute(async (connection) => {
    // Kysely takes no lock for SQLite. The write lock makes a second process wait and then find nothing to do.
    await sql`begin immediate`.execute(connection)
    try {
      const migrator = new Migrator({ db: connection, provider: { getMigrations: async () => migrations } })
      const { error, results } = await migrator.migrateToLatest()
      if (error) throw new Error('the database could not be migrated', { cause: error })
      await sql`commit`.execute(connection)
      return results?.map(({ migrationName }) => migrationName) ?? []
    } catch (error) {
      await sql`rollback`.execute(connection)
      throw error
    }
  })
}
