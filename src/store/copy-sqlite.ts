import { Kysely, sql } from 'kysely'
import { engineOf } from './database.ts'

/** Writes a SQLite database, as it is at one moment, into an empty file. Who writes to it meanwhile is not held up. */
export async function copySqlite(url: string, path: string): Promise<void> {
  const database = new Kysely({ dialect: (await engineOf(url)).reader })
  try {
    await sql`vacuum into ${path}`.execute(database)
  } finally {
    await database.destroy()
  }
}
