// Measures Rollcall and its peers. docs/performance.md says what and how.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { checkout } from '../../src/checkout.ts'
import { postgresEngine, sqliteEngine } from './databases.ts'
import { creates } from './parts/creates.ts'
import { hashing } from './parts/hashing.ts'
import { instances } from './parts/instances.ts'
import { mocks } from './parts/mocks.ts'
import { refusals } from './parts/refusals.ts'
import { soak } from './parts/soak.ts'
import { startsOf } from './parts/starts.ts'
import { postgresPeers, sqlitePeers } from './peers.ts'
import { type Figures, report } from './report.ts'
import type { Settings } from './settings.ts'
import { withEngine } from './with-engine.ts'

type Measure<P extends Part> = (settings: Settings) => Promise<Figures[P]>

/** Growth has a command of its own: it fills gigabytes. */
type Part = Exclude<keyof Figures, 'growth'>

const MEASURES: { readonly [P in Part]: Measure<P> } = {
  sqlite: (settings) => withEngine(sqliteEngine, (engine) => creates(engine, sqlitePeers, settings)),
  postgres: (settings) => withEngine(postgresEngine, (engine) => creates(engine, postgresPeers, settings)),
  refusals: (settings) => withEngine(sqliteEngine, (engine) => refusals(engine, settings)),
  hashing: (settings) => withEngine(sqliteEngine, (engine) => hashing(engine, settings)),
  instances: (settings) => withEngine(postgresEngine, (engine) => instances(engine, settings)),
  starts: (settings) => withEngine(sqliteEngine, (engine) => startsOf(engine, settings)),
  mocks,
  soak: (settings) => withEngine(sqliteEngine, (engine) => soak(engine, settings)),
}

const parts = Object.keys(MEASURES) as Part[]
const options = new Command('bench')
  .description('measure Rollcall and its peers; write docs/performance.json and the tables of docs/performance.md')
  .addOption(new Option('--only <part...>', 'these parts').choices(parts).default(parts))
  .option('--rounds <n>', 'rounds in which the servers take turns', Number, 5)
  .option('--seconds <n>', 'how long each of them is measured in a round', Number, 5)
  .option('--warm-seconds <n>', 'how long it is warmed up before', Number, 2)
  .option('--connections <n>', 'kept-alive connections of the load', Number, 64)
  .option('--soak-minutes <n>', 'how long memory is watched', Number, 10)
  .option('--per-second <n>', 'requests a second beside which passwords are hashed', Number, 200)
  .option('--docs <folder>', 'where the figures go', join(checkout, 'docs'))
  .parse()
  .opts<Omit<Settings, 'folder'> & { only: Part[]; docs: string }>()

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-logs-'))
for (const part of options.only) await measure(part)
// After a failure the servers' logs stay.
rmSync(folder, { recursive: true })

async function measure<P extends Part>(part: P): Promise<void> {
  console.error(part)
  const figures = await MEASURES[part]({ ...options, folder })
  console.log(`## ${part}\n\n${report(options.docs, part, figures)}`)
}
