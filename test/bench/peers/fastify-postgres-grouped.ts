// Fastify and pg with one insert of many rows for each turn of the event loop. KEYS=memory looks keys up in memory.
import { serveFastify } from './fastify-app.ts'
import { keysInPostgres, openPostgres } from './postgres.ts'
import { COLUMNS, type Made } from './user-row.ts'

interface Waiting {
  readonly row: Made['row']
  readonly resolve: (isInserted: boolean) => void
  readonly reject: (error: unknown) => void
}

const pool = openPostgres()
const text = `insert into users (${COLUMNS.join(', ')})
  select * from unnest(${COLUMNS.map((_, index) => `$${index + 1}::text[]`).join(', ')})
  on conflict (contract, unique_key) do nothing returning id`
let waiting: Waiting[] = []

async function insertAll() {
  const group = waiting
  waiting = []
  try {
    const values = COLUMNS.map((_, column) => group.map(({ row }) => row[column]))
    const { rows } = await pool.query<{ id: string }>({ name: 'insert', text, values })
    const inserted = new Set(rows.map(({ id }) => id))
    for (const { row, resolve } of group) resolve(inserted.has(row[1] ?? ''))
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

await serveFastify({
  findKey: await keysInPostgres(pool),
  insert: (row) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ row, resolve, reject }) === 1) setImmediate(insertAll)
    }),
})
