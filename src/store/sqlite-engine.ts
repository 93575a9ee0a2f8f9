import { sql } from 'kysely'
import type { Engine } from './engine.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

// Result codes of SQLite: another process holds the write lock; the disk is full.
const BUSY = 5
const FULL = 13

/** SQLite in a file, or in memory for `:memory:`. */
export function sqliteEngine(path: string): Engine {
  return {
    dialect: sqliteDialect(path),
    reader: sqliteDialect(path, { readOnly: true }),
    text: 'text',
    keepsCounts: false,

    inTurn: (database, run) =>
      database.connection().execute(async (connection) => {
        // Kysely takes no lock for SQLite. The write lock makes a second process wait and then find nothing to do.
        await sql`begin immediate`.execute(connection)
        try {
          const result = await run(connection)
          await sql`commit`.execute(connection)
          return result
        } catch (error) {
          await sql`rollback`.execute(connection)
          throw error
        }
      }),

    outageOf(error) {
      const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
      // Never passing: a busy database has been waited for already, and each wait holds up every other request.
      return code === BUSY || code === FULL ? 'lasting' : undefined
    },

    async scrub(database) {
      // The log keeps old pages until it is written over. While somebody reads, it is left as it is.
      await sql`pragma wal_checkpoint(truncate)`.execute(database)
    },
  }
}
