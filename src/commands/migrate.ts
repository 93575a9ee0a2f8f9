import type { Config } from '../config.ts'
import { migrate, openDatabase } from '../store/database.ts'

/** Brings the tables up to date and says which migrations ran. */
export async function migrateDatabase(config: Config): Promise<void> {
  const database = openDatabase(config.databaseUrl)
  try {
    const names = await migrate(database)
    console.error(names.length === 0 ? 'The database is up to date.' : `Migrated: ${names.join(', ')}.`)
  } finally {
    await database.destroy()
  }
}
