import { type PostgresCursor, PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely'
import { Pool, type PoolClient } from 'pg'
import Cursor from 'pg-cursor'

const connectionsMax = 10
const connectTimeoutMs = 5_000
// After a failover a host's name leads elsewhere: a connection that never breaks would never notice.
const connectionLifetimeSeconds = 300

/** Kysely's PostgreSQL dialect on a bounded pool. A statement that takes longer than `statementMsMax` fails. */
export function postgresDialect(
  url: string,
  { statementMsMax }: { readonly statementMsMax?: number },
): PostgresDialect {
  return new PostgresDialect({
    pool: async () => {
      const pool = new Pool({
        connectionString: url,
        application_name: 'rollcall',
        max: connectionsMax,
        connectionTimeoutMillis: connectTimeoutMs,
        maxLifetimeSeconds: connectionLifetimeSeconds,
        keepAlive: true,
      })
      // An error event that nobody hears ends the process. The pool has dropped an idle connection that broke, and the
      // statement on a busy one fails by itself: there is nothing left to do.
      pool.on('error', () => {})
      pool.on('connect', (client) => void client.on('error', () => {}))
      return {
        connect: async () => new Connection(await pool.connect(), statementMsMax),
        end: () => pool.end(),
      }
    },
    cursor: ClosableCursor,
  })
}

/** A connection of the pool, which does not get it back when the server has left a statement without an answer. */
class Connection implements PostgresPoolClient {
  readonly #client: PoolClient
  readonly #statementMsMax: number | undefined
  #stuck = false

  constructor(client: PoolClient, statementMsMax: number | undefined) {
    this.#client = client
    this.#statementMsMax = statementMsMax
  }

  query<Row>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  query(statement: unknown, parameters: readonly unknown[] = []): unknown {
    if (statement instanceof ClosableCursor) return this.#client.query(statement)
    const config = { text: String(statement), values: [...parameters], query_timeout: this.#statementMsMax }
    return this.#client.query(config).catch((error: Error) => {
      if (error.message === 'Query read timeout') this.#stuck = true
      throw error
    })
  }

  release(): void {
    this.#client.release(this.#stuck)
  }
}

/** A cursor that can be closed when its connection is gone: the driver's would wait for the server's word for ever. */
class ClosableCursor extends Cursor {
  #failed = false

  constructor(text: string, parameters: unknown[]) {
    super(text, parameters)
    this.on('error', () => {
      this.#failed = true
    })
  }

  override close(): Promise<void>
  override close(callback: (error: Error) => void): undefined
  override close(callback?: (error: Error) => void): Promise<void> | undefined {
    if (callback) return super.close(callback)
    return this.#failed ? Promise.resolve() : super.close()
  }
}
