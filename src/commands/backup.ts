import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Config, UsageError } from '../config.ts'
import { copySqlite } from '../store/copy-sqlite.ts'

/** Copies the SQLite database as it is at one moment into a new file, which is there whole or not at all. */
export async function backup(file: string, { databaseUrl }: Config): Promise<void> {
  if (!databaseUrl.startsWith('sqlite:')) throw new UsageError('PostgreSQL is backed up with its own pg_dump')
  if (databaseUrl === 'sqlite::memory:') throw new UsageError('a database in memory ends with its process')

  const path = resolve(file)
  const partial = `${path}.partial`
  // It also keeps a second backup to the same file out.
  closeSync(openSync(partial, 'wx', 0o600))
  try {
    if (existsSync(path)) throw new Error(`${file} is there already`)
    await copySqlite(databaseUrl, partial)
    toDisk(partial)
    renameSync(partial, path)
    toDisk(dirname(path))
  } finally {
    rmSync(partial, { force: true })
  }
  console.error(`The database is in ${file}.`)
}

function toDisk(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
