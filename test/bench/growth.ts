// Measures what a request costs as users and keys grow in number. docs/performance.md says what and how.
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { checkout } from '../../src/checkout.ts'
import { postgresEngine, sqliteEngine } from './databases.ts'
import { growthPlot } from './growth-plot.ts'
import { type GrowthSizes, growth, type Point } from './parts/growth.ts'
import { report } from './report.ts'
import type { Settings } from './settings.ts'
import { withEngine } from './with-engine.ts'

// With both indexes, and room for the logs of a database.
const bytesPerUser = 1_500

const ENGINES = { sqlite: sqliteEngine, postgres: postgresEngine }
type EngineName = keyof typeof ENGINES

const names = Object.keys(ENGINES) as EngineName[]
const { only, docs, users, keys, ...options } = new Command('bench:growth')
  .description(
    'measure requests beside many users and keys; write docs/growth.svg and the figures of docs/performance.md',
  )
  .addOption(new Option('--only <database...>', 'these databases').choices(names).default(names))
  .option('--users <numbers>', 'so many users', numbers, [10_000, 100_000, 1_000_000, 10_000_000])
  .option('--keys <numbers>', 'so many keys', numbers, [10, 1_000, 100_000])
  .option('--rounds <n>', 'rounds in which the sizes take turns', Number, 5)
  .option('--seconds <n>', 'how long each of them is measured in a round', Number, 5)
  .option('--warm-seconds <n>', 'how long it is warmed up before', Number, 2)
  .option('--connections <n>', 'kept-alive connections of the load', Number, 64)
  .option('--docs <folder>', 'where the figures go', join(checkout, 'docs'))
  .parse()
  .opts<Settings & GrowthSizes & { only: EngineName[]; docs: string }>()

demandSpace(users.reduce((sum, size) => sum + size, 0) * bytesPerUser)
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-logs-'))
const points: Point[] = []
for (const name of only) {
  points.push(...(await withEngine(ENGINES[name], (engine) => growth(engine, { users, keys }, { ...options, folder }))))
}
console.log(report(docs, 'growth', points))
writeFileSync(join(docs, 'growth.svg'), growthPlot(points))
// After a failure the servers' logs stay.
rmSync(folder, { recursive: true })

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}

function demandSpace(bytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir())
  if (bavail * bsize >= bytes) return
  const [wanted, free] = [bytes, bavail * bsize].map((size) => Math.ceil(size / 1e9))
  throw new Error(`${tmpdir()} must have ${wanted} GB free, and has ${free}: set TMPDIR, or take fewer --users`)
}
