import { deepStrictEqual as deepEqual, match } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BenchDatabase, rollcall } from './databases.ts'
import { garmatBody } from './requests.ts'
import { freePort, type Program, post, type Sent, type Server, startServer } from './start-server.ts'

/** A server that answers garmat's create. */
export interface Peer {
  readonly name: string
  /** What it is, for a reader of the tables. */
  readonly description: string
  readonly program: (database: BenchDatabase) => Promise<Omit<Program, 'core' | 'log'>>
}

export const rollcallServe: Peer = {
  name: 'rollcall',
  description: 'Rollcall with everything on: key look-up, limits, response check, request log, metrics',
  program: async ({ url }) => ({
    args: [rollcall, 'serve'],
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: url,
      // Too high to be reached, so that requests are counted and none is refused.
      RATE_LIMIT: '999999999',
      LOG_LEVEL: 'info',
      METRICS_PORT: String(await freePort()),
    },
  }),
}

/** The peers on SQLite, the limit first. */
export const sqlitePeers: readonly Peer[] = [
  peer('limit', 'bare node:http, hand check, keys in memory, one transaction a turn'),
  peer('fastify-grouped', 'Fastify, keys in memory, one transaction a turn', 'fastify-grouped', 'memory'),
  peer('fastify-grouped-keys', 'the same with keys in the database', 'fastify-grouped'),
  peer('fastify', 'Fastify as one writes it: keys in the database, a transaction a request'),
  peer('koa-first', 'Koa, openapi-backend and Kysely as one writes them first'),
  rollcallServe,
]

/** The peers on PostgreSQL, the one with the same batching first. */
export const postgresPeers: readonly Peer[] = [
  peer(
    'fastify-postgres-grouped',
    'Fastify and pg, keys in memory, one insert of many rows a turn',
    'fastify-postgres-grouped',
    'memory',
  ),
  peer('fastify-postgres-grouped-keys', 'the same with keys in the database', 'fastify-postgres-grouped'),
  peer('fastify-postgres', 'Fastify and pg, keys in memory, an insert a request', 'fastify-postgres', 'memory'),
  peer('fastify-postgres-keys', 'the same with keys in the database', 'fastify-postgres'),
  rollcallServe,
]

function peer(name: string, description: string, file = name, keys: 'memory' | 'database' = 'database'): Peer {
  const script = fileURLToPath(new URL(`./peers/${file}.js`, import.meta.url))
  return {
    name,
    description,
    program: async ({ url }) => ({ args: [script], env: { NODE_ENV: 'production', DATABASE_URL: url, KEYS: keys } }),
  }
}

/**
 * Starts a peer on a database and makes sure that it does garmat's work: it creates, it answers as
 * documented, and it refuses a caller without a key, a broken body and a taken address. That stores `usersAtStart`.
 */
export async function startPeer(
  { name, program }: Peer,
  database: BenchDatabase,
  { core, folder }: { core: 0 | 'any'; folder: string },
): Promise<Server> {
  const log = join(folder, `${name}.log`)
  const first = create(database.keys.garmat, garmatBody(`start.${randomUUID()}@example.com`))
  const server = await startServer({ ...(await program(database)), core, log }, first)
  try {
    await demandGarmat(server, first)
    return server
  } catch (error) {
    await server.stop()
    throw new Error(`${name} does not do garmat's work`, { cause: error })
  }
}

export const usersAtStart = 2

async function demandGarmat({ port }: Server, first: Sent): Promise<void> {
  const sent = JSON.parse(first.body)
  const second = { ...sent, email: `Second.${sent.email}` }
  const { id, ...user } = JSON.parse((await post(port, { ...first, body: JSON.stringify(second) })).body)
  deepEqual(user, second)
  match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)

  const { Authorization: _, ...withoutKey } = first.headers
  const broken = [
    { account_id: 'account' },
    { email: 'nobody' },
    { name: ' ' },
    { name: 'n'.repeat(256) },
    { role: 'owner' },
    { status: 'asleep' },
    { stauts: 'active' },
    { email: undefined },
  ]
  const refused = [
    { status: 401, request: { ...first, headers: withoutKey } },
    { status: 401, request: { ...first, headers: { ...first.headers, Authorization: 'Bearer nobody' } } },
    { status: 400, request: { ...first, body: first.body.slice(0, -1) } },
    ...broken.map((change) => ({ status: 400, request: { ...first, body: JSON.stringify({ ...sent, ...change }) } })),
    { status: 400, request: { ...first, body: JSON.stringify({ ...sent, email: sent.email.toUpperCase() }) } },
  ]
  for (const { status, request } of refused) {
    const answer = await post(port, request)
    if (answer.status !== status || typeof JSON.parse(answer.body).error !== 'string') {
      throw new Error(`${answer.status} ${answer.body} where ${status} was expected of ${JSON.stringify(request)}`)
    }
  }
}

/** Garmat's create as a request of its own. */
export function create(key: string, body: string): Sent {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  return { path: '/api/users', headers, body }
}
