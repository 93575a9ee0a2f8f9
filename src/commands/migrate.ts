import type { Config } from '../config.ts'
import { engineOf, migrate, openDatabase } from '../store/database.ts'

/** Brings the tables up to date and says which migrations ran. */
export async function migrateDatabase(config: Config): Promise<void> {
  const engine = await engineOf(config.databaseUrl)
  const database = openDatabase(engine)
  try {
    const names = await migrate(database, engine)
    console.error(names.length === 0 ? 'The database is up to date.' : `Migrated: ${names.join(', ')}.`)
  } finally {
    await database.destroy()
  }
}
