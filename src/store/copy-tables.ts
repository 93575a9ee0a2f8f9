import { isDeepStrictEqual } from 'node:util'
import { Kysely, type SqlBool, sql } from 'kysely'
import { engineOf } from './database.ts'
import { reach } from './reach.ts'
import { openStore } from './store.ts'
import type { Tables } from './tables.ts'

/** Every table and its primary key, in an order that respects foreign keys. */
const PRIMARY_KEYS: { readonly [Name in keyof Tables]: readonly (keyof Tables[Name])[] } = {
  api_keys: ['id'],
  users: ['contract', 'id'],
  idempotency_replies: ['key_id', 'idempotency_key'],
}

// A statement has room for so many rows in both databases, and so many of the longest profiles fit in memory.
const batchRows = 500
const differencesTold = 10

type Row = Readonly<Record<string, string | number | null>>
/** A database whose tables are found by name at run time. */
type Rows = Kysely<Record<string, Row>>

export interface TableCopy {
  readonly table: string
  readonly copied: number
  readonly sourceRows: number
  readonly targetRows: number
  /** The source's rows that the target does not have as they are, by primary key: how many, and the first of them. */
  readonly differing: number
  readonly firstDiffering: readonly string[]
}

/** Told of each table, and of how many of its rows are done. */
export interface CopyWatcher {
  readonly begin: (table: string, rows: number) => void
  readonly advance: (rows: number) => void
}

/**
 * Copies every row of one database, as it is at one moment, into another, and leaves alone what is there already. The target's
 * tables are brought up to date first; the source is only read. It ends with the first table that has rows that differ.
 */
export async function copyTables(fromUrl: string, toUrl: string, watcher: CopyWatcher): Promise<readonly TableCopy[]> {
  const sourceEngine = await engineOf(fromUrl)
  const source: Rows = new Kysely({ dialect: sourceEngine.reader })
  const target: Rows = new Kysely({ dialect: (await engineOf(toUrl)).dialect })
  try {
    const migrated = await reach(sourceEngine)
      .once(() => migrationsOf(source))
      .catch((cause) => {
        throw new Error('the source cannot be read as a database of Rollcall', { cause })
      })
    await (await openStore(toUrl)).database.destroy()
    if (!isDeepStrictEqual(migrated, await migrationsOf(target))) {
      throw new Error(
        'the source has tables of another version: run "rollcall migrate" on it, or a newer Rollcall here',
      )
    }
    // One snapshot: no row comes without the one that it refers to, and a service may go on writing.
    const snapshot = source.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
    const copying = snapshot.execute(async (reader) => {
      const copies: TableCopy[] = []
      for (const [table, key] of Object.entries(PRIMARY_KEYS)) {
        const copy = await copyTable(reader, target, table, key, watcher)
        copies.push(copy)
        // What refers to a row that is missing could not be stored.
        if (copy.differing > 0) break
      }
      return copies
    })
    return await copying.catch((cause) => {
      throw new Error('the move has stopped, and goes on when it is run again', { cause })
    })
  } finally {
    await Promise.all([source.destroy(), target.destroy()])
  }
}

async function migrationsOf(database: Rows): Promise<readonly unknown[]> {
  const rows = await database.selectFrom('kysely_migration').select('name').orderBy('name').execute()
  return rows.map(({ name }) => name)
}

async function copyTable(
  source: Rows,
  target: Rows,
  table: string,
  key: readonly string[],
  { begin, advance }: CopyWatcher,
): Promise<TableCopy> {
  const columns = sql.join(key.map((column) => sql.ref(column)))
  const where = (sign: '>' | '<=', row: Row | undefined) =>
    row ? sql<SqlBool>`(${columns}) ${sql.raw(sign)} (${sql.join(valuesOf(row))})` : sql<SqlBool>`true`
  const valuesOf = (row: Row) => key.map((column) => row[column])
  const nameOf = (row: Row) => valuesOf(row).join(' ')

  const { total } = await source
    .selectFrom(table)
    .select(({ fn }) => fn.countAll().as('total'))
    .executeTakeFirstOrThrow()
  begin(table, Number(total))

  let copied = 0
  let sourceRows = 0
  let targetRows = 0
  let differing = 0
  const firstDiffering: string[] = []
  let after: Row | undefined
  do {
    const page = source.selectFrom(table).selectAll().where(where('>', after)).orderBy(columns)
    const rows: readonly Row[] = await page.limit(batchRows).execute()
    if (rows.length > 0) {
      const insert = target
        .insertInto(table)
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
      copied += Number((await insert.executeTakeFirstOrThrow()).numInsertedOrUpdatedRows)
      sourceRows += rows.length
    }

    // What the target has of these rows, or, behind the last of them, at all.
    const missing = new Map(rows.map((row) => [nameOf(row), row]))
    const last = rows.at(-1)
    const there = target.selectFrom(table).selectAll().where(where('>', after)).where(where('<=', last))
    // Without an order SQLite would not look for both ends in the primary key's index.
    for await (const row of there.orderBy(columns).stream()) {
      targetRows += 1
      if (isDeepStrictEqual({ ...row }, { ...missing.get(nameOf(row)) })) missing.delete(nameOf(row))
    }
    differing += missing.size
    firstDiffering.push(...[...missing.keys()].slice(0, differencesTold - firstDiffering.length))
    advance(sourceRows)
    after = last
  } while (after)
  return { table, copied, sourceRows, targetRows, differing, firstDiffering }
}
