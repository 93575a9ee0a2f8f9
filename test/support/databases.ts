import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A database to test on, and how to be rid of it. */
export interface TestDatabase {
  readonly url: string
  readonly remove: () => void
}

/** The databases that the store suites run on. */
export const DATABASES: readonly { readonly name: string; readonly create: () => TestDatabase }[] = [
  {
    name: 'SQLite',
    create() {
      const folder = mkdtempSync(join(tmpdir(), 'rollcall-'))
      return { url: `sqlite:${join(folder, 'data', 'rollcall.db')}`, remove: () => rmSync(folder, { recursive: true }) }
    },
  },
]
