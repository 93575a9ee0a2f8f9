import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'

// Commands beside a running service write for milliseconds. The wait blocks the event loop, so it is short.
const busyTimeoutMs = 2_000

/** Kysely's SQLite dialect on a file, or on `:memory:`. What a commit has acknowledged is on disk, and what is deleted is not. */
export function sqliteDialect(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): SqliteDialect {
  return new SqliteDialect({
    database: async () => {
      if (readOnly) return connectionTo(new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly }))
      // A new folder and file are for their owner's eyes only: they hold personal data.
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const isNew = path !== ':memory:' && !existsSync(path)
      const database = new DatabaseSync(path, { timeout: busyTimeoutMs })
      if (isNew) chmodSync(path, 0o600)
      database.exec('pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on')
      await turnToWal(database)
      return connectionTo(database)
    },
  })
}

/** The driver's database as Kysely wants it. */
function connectionTo(database: InstanceType<typeof DatabaseSync>): SqliteDatabase {
  // Values travel as parameters, so there are few different texts, and each is prepared once.
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = prepared.get(sql) ?? prepare(database, sql)
      prepared.set(sql, statement)
      return statement
    },
  }
}

// The driver's iterator does not hold its statement: one that was collected while rows are read would end the process.
const reading = new Set<object>()

function prepare(database: InstanceType<typeof DatabaseSync>, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    // A full disk ends a transaction by itself: what is rolled back already is no error, and must not hide that one.
    run: (parameters) =>
      sql === 'rollback' && !database.isTransaction ? { changes: 0, lastInsertRowid: 0 } : statement.run(...parameters),
    // A statement has one place to read at: each reader that may pause has a statement of its own.
    *iterate(parameters) {
      const own = database.prepare(sql)
      reading.add(own)
      try {
        yield* own.iterate(...parameters) as IterableIterator<unknown>
      } finally {
        reading.delete(own)
      }
    },
  }
}

/** Of processes that open a new file at once, SQLite refuses some the change to WAL, and does not wait as it does elsewhere. */
async function turnToWal(database: InstanceType<typeof DatabaseSync>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += 50) {
    try {
      return database.exec('pragma journal_mode = wal')
    } catch (error) {
      if (waitedMs >= busyTimeoutMs) throw error
      await sleep(50)
    }
  }
}
