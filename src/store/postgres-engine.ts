import { Kysely, sql } from 'kysely'
import type { Engine } from './engine.ts'
import { postgresDialect } from './postgres-dialect.ts'
import type { Tables } from './tables.ts'

// A request does not wait longer for an answer. A migration may: it counts on nobody's patience.
const statementMsMax = 10_000

// A connection that broke or was ended, a server that starts or stops, and transactions that were rolled back for another's
// sake (serialization failure, deadlock): SQLSTATEs, and what Node calls it.
const PASSING_CODES = /^(08...|40001|40P01|57P0.|ECONNREFUSED|ECONNRESET|EPIPE)$/
// Too many connections, no disk or memory left, a server that only reads or cancels, a host that is not found.
const LASTING_CODES = /^(53...|25006|55P03|57014|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)$/
// The driver has no codes for these.
const PASSING_WORDS = /^(Connection terminated unexpectedly|Connection terminated$|Client (has encountered|was closed))/
const LASTING_WORDS = /^(Connection terminated due to connection timeout|timeout |Query read timeout)/

/** PostgreSQL 14 or later, by its URL. */
export function postgresEngine(url: string): Engine {
  return {
    dialect: postgresDialect(url, { statementMsMax }),
    // Its user asks for a transaction that may only read.
    reader: postgresDialect(url, {}),
    // Without it the order is the server's locale's, and an index may break when the system's locales are upgraded.
    text: sql`text collate "C"`,
    keepsCounts: true,

    async inTurn(_, run) {
      // Kysely takes an advisory lock. It is waited for on a connection that has no statementMsMax.
      const patient = new Kysely<Tables>({ dialect: postgresDialect(url, {}) })
      try {
        return await run(patient)
      } finally {
        await patient.destroy()
      }
    },

    outageOf(error) {
      if (!(error instanceof Error)) return undefined
      const code = 'code' in error ? String(error.code) : ''
      if (PASSING_CODES.test(code) || PASSING_WORDS.test(error.message)) return 'passing'
      if (LASTING_CODES.test(code) || LASTING_WORDS.test(error.message)) return 'lasting'
      return undefined
    },

    // Autovacuum does it, in its time.
    scrub: async () => {},
  }
}
