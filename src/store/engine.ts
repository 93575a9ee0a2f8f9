import type { ColumnDataType, Dialect, Expression } from 'kysely'
import type { Database } from './database.ts'

/** What differs between the databases that the store runs on. */
export interface Engine {
  readonly dialect: Dialect
  /** The same database for who only reads, for as long as it takes: nothing is made or changed. */
  readonly reader: Dialect
  /** The type of a column of text that compares and sorts by its bytes. */
  readonly text: ColumnDataType | Expression<unknown>
  /** Runs migrations while no other process runs them. */
  readonly inTurn: <T>(database: Database, run: (database: Database) => Promise<T>) => Promise<T>
  /** Whether requests are counted in it, for all instances. A file belongs to one process, which counts in its memory. */
  readonly keepsCounts: boolean
  /** Whether an error says that the database cannot serve, for a moment or for longer; undefined for any other fault. */
  readonly outageOf: (error: unknown) => 'passing' | 'lasting' | undefined
  /** Takes what was deleted out of the files as well, where the engine lets a command do that. */
  readonly scrub: (database: Database) => Promise<void>
}
