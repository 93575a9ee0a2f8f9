import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, dropDatabase } from './postgres.ts'

/** A database to test on, and how to be rid of it. */
export interface TestDatabase {
  readonly url: string
  readonly remove: () => Promise<void>
}

interface TestEngine {
  readonly name: string
  /** Makes an empty database of its own for a test. */
  readonly create: () => Promise<TestDatabase>
}

export const SQLITE: TestEngine = {
  name: 'SQLite',
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-'))
    return {
      url: `sqlite:${join(folder, 'data', 'rollcall.db')}`,
      remove: async () => rmSync(folder, { recursive: true }),
    }
  },
}

export const POSTGRES: TestEngine = {
  name: 'PostgreSQL',
  async create() {
    const server = process.env.TEST_DATABASE_URL
    if (!server) throw new Error('the suites were started without test/support/serve-postgres.ts')
    const url = await createDatabase(server)
    return { url, remove: () => dropDatabase(server, url) }
  },
}

/** The databases that the store and concurrency suites run on. */
export const DATABASES: readonly TestEngine[] = [SQLITE, POSTGRES]
