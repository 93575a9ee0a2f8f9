import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_MIGRATION_TABLE, sql } from 'kysely'
import type { Database } from './database.ts'
import { DatabaseUnavailable } from './database-unavailable.ts'
import type { Reach } from './reach.ts'

// Whoever asks whether a service is ready has little patience.
const answerMsMax = 2_000

/** Makes the question whether a database answers, soon, and has these migrations. It throws when it does not. */
export function readiness(database: Database, { once }: Reach, migrations: readonly string[]): () => Promise<void> {
  async function demandMigrations(): Promise<void> {
    const { rows } = await once(() =>
      sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(database),
    )
    const missing = migrations.filter((migration) => !rows.some(({ name }) => name === migration))
    if (missing.length > 0) throw new Error(`the database lacks migrations: ${missing.join(', ')}`)
  }

  // Asked once for all who wait: however many ask a database that hangs, they hold one connection.
  let asked: Promise<void> | undefined
  return () => {
    asked ??= demandMigrations().finally(() => {
      asked = undefined
    })
    const late = sleep(answerMsMax, undefined, { ref: false }).then(() => {
      throw new DatabaseUnavailable(new Error(`no answer within ${answerMsMax} ms`))
    })
    return Promise.race([asked, late])
  }
}
