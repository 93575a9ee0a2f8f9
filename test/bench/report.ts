import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { cores } from './cpu.ts'
import type { Rounds } from './in-rounds.ts'
import { type Creates, createsTable } from './parts/creates.ts'
import { growthTable, type Point } from './parts/growth.ts'
import { type Hashing, hashingTable } from './parts/hashing.ts'
import { instancesTable } from './parts/instances.ts'
import { type Mocks, mocksTable } from './parts/mocks.ts'
import { refusalsTable } from './parts/refusals.ts'
import { type Soak, soakTable } from './parts/soak.ts'
import { startsTable } from './parts/starts.ts'
import type { LoadResult } from './run-load.ts'

/** What each part of the benchmark found. */
export interface Figures {
  readonly sqlite: Creates
  readonly postgres: Creates
  readonly refusals: Rounds<LoadResult>
  readonly hashing: Hashing
  readonly instances: Rounds<LoadResult>
  readonly starts: readonly number[]
  readonly soak: Soak
  readonly mocks: Mocks
  readonly growth: readonly Point[]
}

type Part = keyof Figures

/** `performance.json`: the parts as they were last measured. */
export type Measured = { [P in Part]?: { readonly measured: string; readonly figures: Figures[P] } }

const TABLES: { readonly [P in Part]: (figures: Figures[P]) => string } = {
  sqlite: createsTable,
  postgres: createsTable,
  refusals: refusalsTable,
  hashing: hashingTable,
  instances: instancesTable,
  starts: startsTable,
  soak: soakTable,
  mocks: mocksTable,
  growth: growthTable,
}

/** Keeps the figures of a part in `performance.json` and puts its table into `performance.md`. Returns the table. */
export function report<P extends Part>(folder: string, part: P, figures: Figures[P]): string {
  const file = join(folder, 'performance.json')
  const before: Measured = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const measured: Measured = { ...before, [part]: { measured: circumstances(), figures } }
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)

  const page = join(folder, 'performance.md')
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), measured))
  return tableOf(part, measured)
}

/** The page with each table between its marks, `<!-- part -->` and `<!-- /part -->`, as the figures have it. */
export function withTables(page: string, measured: Measured): string {
  return page.replace(
    /(<!-- (\w+) -->\n)[\s\S]*?(?=<!-- \/\2 -->)/g,
    (_, mark, part) => mark + tableOf(part as Part, measured),
  )
}

function tableOf<P extends Part>(part: P, all: Measured): string {
  const measured = all[part]
  if (!measured) return 'Not measured yet.\n'
  return `${TABLES[part](measured.figures)}\n\nMeasured ${measured.measured}.\n`
}

function circumstances(): string {
  const model = cpus()[0]?.model ?? 'an unknown CPU'
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cores} cores of ${model}`
}
