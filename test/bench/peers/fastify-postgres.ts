// Fastify and pg as one writes them: an insert for each request. KEYS=memory looks keys up in memory.
import { serveFastify } from './fastify-app.ts'
import { keysInPostgres, openPostgres } from './postgres.ts'
import { COLUMNS } from './user-row.ts'

const pool = openPostgres()
const insert = `insert into users (${COLUMNS.join(', ')}) values (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')})
  on conflict (contract, unique_key) do nothing`

await serveFastify({
  findKey: await keysInPostgres(pool),
  insert: async (row) => (await pool.query(insert, [...row])).rowCount === 1,
})
