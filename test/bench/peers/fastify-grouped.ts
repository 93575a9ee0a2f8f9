// Fastify with group commit. KEYS=memory looks keys up in memory, else in the database.
import { serveFastify } from './fastify-app.ts'
import { groupInserts } from './group-inserts.ts'
import { keysInMemory, keysInSqlite, openSqlite } from './sqlite.ts'

const database = openSqlite()
const insert = groupInserts(database)

await serveFastify({
  findKey: process.env.KEYS === 'memory' ? keysInMemory(database) : keysInSqlite(database),
  insert: (row) =>
    new Promise((resolve, reject) => {
      insert(row, (error, isInserted) => (error ? reject(error) : resolve(isInserted)))
    }),
})
