import { CompiledQuery } from 'kysely'
import type { Database } from './database.ts'
import type { IdempotencyRepliesTable, UsersTable } from './tables.ts'

/** A user to insert, and the reply to keep with it. */
export interface UserRow {
  readonly row: UsersTable
  readonly replyRow: IdempotencyRepliesTable | undefined
}

/** `duplicate` when the unique key was taken, `repeated` when the attempt has a reply already. */
export type Outcome = 'inserted' | 'duplicate' | 'repeated'

/** Makes what inserts many users in one statement, but for those that another row is in the way of. */
export function insertUsers(database: Database) {
  // A statement is compiled once for each number of rows.
  const compiled = new Map<number, string>()

  function statementFor(rows: readonly UsersTable[]): CompiledQuery {
    const sql =
      compiled.get(rows.length) ??
      database
        .insertInto('users')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['contract', 'unique_key']).doNothing())
        .compile().sql
    compiled.set(rows.length, sql)
    const parameters: unknown[] = []
    for (const row of rows) parameters.push(...Object.values(row))
    return CompiledQuery.raw(sql, parameters)
  }

  /** In a transaction where replies are kept: with a user its reply is there, or neither. */
  return async (db: Database, entries: readonly UserRow[]): Promise<Outcome[]> => {
    const rows = entries.map(({ row }) => row)
    const stored = await insertRows(db, statementFor(inOneOrder(rows)), rows)
    const kept = entries.flatMap(({ row, replyRow }) => (replyRow && stored.has(row) ? [replyRow] : []))
    const repeated: ReadonlySet<unknown> = kept.length > 0 ? await keepReplies(db, kept) : new Set()
    return entries.map(({ row, replyRow }) =>
      repeated.has(replyRow) ? 'repeated' : stored.has(row) ? 'inserted' : 'duplicate',
    )
  }
}

/** The order of the unique keys, so that two processes never wait for each other. */
function inOneOrder(rows: readonly UsersTable[]): readonly UsersTable[] {
  return rows.toSorted((a, b) => (a.unique_key < b.unique_key ? -1 : 1))
}

/** Which of the rows are there after the statement. */
async function insertRows(
  db: Database,
  statement: CompiledQuery,
  rows: readonly UsersTable[],
): Promise<ReadonlySet<UsersTable>> {
  const { numAffectedRows } = await db.executeQuery(statement)
  if (numAffectedRows === BigInt(rows.length)) return new Set(rows)

  // Ids are made before. A row that is there under its id is this one, also when the connection was lost between
  // the commit of an earlier try and its answer; any other has a row in its way.
  const there = await db
    .selectFrom('users')
    .select(['contract', 'id', 'unique_key'])
    .where('contract', 'in', contractsOf(rows))
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const names = new Set(there.map(nameOf))
  return new Set(rows.filter((row) => names.has(nameOf(row))))
}

/** Indexes begin with the contract: by ids alone every row would be read. */
function contractsOf(rows: readonly { readonly contract: string }[]): readonly string[] {
  return [...new Set(rows.map(({ contract }) => contract))]
}

function nameOf({ contract, id, unique_key }: Pick<UsersTable, 'contract' | 'id' | 'unique_key'>): string {
  return JSON.stringify([contract, id, unique_key])
}

/** Keeps replies for attempts that have none. For the others it removes the user again, and returns the replies. */
async function keepReplies(
  db: Database,
  rows: readonly IdempotencyRepliesTable[],
): Promise<ReadonlySet<IdempotencyRepliesTable>> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_replies')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['key_id', 'idempotency_key'])
        .doUpdateSet(({ ref }) => ({
          fingerprint: ref('excluded.fingerprint'),
          reply: ref('excluded.reply'),
          contract: ref('excluded.contract'),
          user_id: ref('excluded.user_id'),
          created_at: ref('excluded.created_at'),
          expires_at: ref('excluded.expires_at'),
        }))
        .whereRef('idempotency_replies.expires_at', '<=', 'excluded.created_at'),
    )
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === BigInt(rows.length)) return new Set()

  const there = await db
    .selectFrom('idempotency_replies')
    .select(['key_id', 'idempotency_key'])
    .where('contract', 'in', contractsOf(rows))
    .where(
      'user_id',
      'in',
      rows.map(({ user_id }) => user_id),
    )
    .execute()
  const repeated = rows.filter(
    (row) =>
      !there.some(({ key_id, idempotency_key }) => key_id === row.key_id && idempotency_key === row.idempotency_key),
  )
  for (const { contract, user_id } of repeated) {
    await db.deleteFrom('users').where('contract', '=', contract).where('id', '=', user_id).execute()
  }
  return new Set(repeated)
}
