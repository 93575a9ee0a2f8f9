// Fastify as one writes it: keys in the database, a prepared insert, a transaction for each request.
import { serveFastify } from './fastify-app.ts'
import { INSERT, keysInSqlite, openSqlite } from './sqlite.ts'

const database = openSqlite()
const insert = database.prepare(INSERT)

await serveFastify({
  findKey: keysInSqlite(database),
  insert: (row) => Number(insert.run(...row).changes) === 1,
})
