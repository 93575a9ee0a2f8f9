import { execFile } from 'node:child_process'
import { closeSync, cpSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseSync } from '@photostructure/sqlite'
import { Client } from 'pg'
import { checkout } from '../../src/checkout.ts'
import { createDatabase, dropDatabase, execute, startPostgres } from '../support/postgres.ts'
import { parentOf } from './cpu.ts'

/** Rollcall's command line, as built. */
export const rollcall = join(checkout, 'dist/src/main.js')

/** A database with Rollcall's tables and two keys, and nothing else. */
export interface BenchDatabase {
  readonly url: string
  /** A Garmat admin's key, and Bimplus's portal's. */
  readonly keys: { readonly garmat: string; readonly bimplus: string }
  readonly users: () => Promise<number>
  readonly remove: () => Promise<void>
}

export interface BenchEngine {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** A new database: a copy of one without users, or of another. No server may have that open. */
  readonly create: (copied?: BenchDatabase) => Promise<BenchDatabase>
  /** PostgreSQL's first process, where it is on this machine. */
  readonly pid?: number | undefined
  readonly remove: () => Promise<void>
}

/** SQLite in files of a temporary folder. */
export async function sqliteEngine(): Promise<BenchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'))
  const template = join(folder, 'template.db')
  const keys = await prepare(`sqlite:${template}`)
  let made = 0
  return {
    name: 'SQLite',
    async create(copied) {
      const file = join(folder, `${made++}.db`)
      cpSync(copied?.url.slice('sqlite:'.length) ?? template, file)
      // Else the first commits that are measured would wait for the copy.
      const copy = openSync(file, 'r+')
      fsyncSync(copy)
      closeSync(copy)
      return {
        url: `sqlite:${file}`,
        keys,
        async users() {
          const database = new DatabaseSync(file)
          const row = database.prepare('select count(*) as users from users').get() as { users: number }
          database.close()
          return row.users
        },
        async remove() {
          for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
        },
      }
    },
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

/** PostgreSQL as it comes from npm, with its durable defaults, or the one that TEST_DATABASE_URL names. */
export async function postgresEngine(): Promise<BenchEngine> {
  const own = process.env.TEST_DATABASE_URL ? undefined : await startPostgres()
  const server = own?.url ?? String(process.env.TEST_DATABASE_URL)
  const template = await createDatabase(server)
  const keys = await prepare(template)
  return {
    name: 'PostgreSQL',
    pid: own ? await postmasterOf(server) : undefined,
    async create(copied) {
      const url = await createDatabase(server, copied?.url ?? template)
      return {
        url,
        keys,
        users: async () => Number((await execute(url, 'select count(*) as users from users'))[0]?.users),
        remove: () => dropDatabase(server, url),
      }
    },
    async remove() {
      await dropDatabase(server, template)
      await own?.remove()
    },
  }
}

/** A connection's process is a child of PostgreSQL's first, and lives no longer than it. */
async function postmasterOf(server: string): Promise<number> {
  const client = new Client({ connectionString: server })
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const postmaster = parentOf(rows[0].pid)
  await client.end()
  return postmaster
}

async function prepare(url: string): Promise<BenchDatabase['keys']> {
  const key = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: url, NODE_ENV: 'production' }
    const { stdout } = await promisify(execFile)(process.execPath, [rollcall, 'keys', 'create', ...args], { env })
    return stdout.trim()
  }
  return { garmat: await key('garmat', '--role', 'garmat_admin'), bimplus: await key('bimplus') }
}
