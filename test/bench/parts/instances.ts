import type { BenchEngine } from '../databases.ts'
import { inRounds, type Rounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { LoadResult } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import type { Server } from '../start-server.ts'
import { number, ratio, table } from '../table.ts'

const CANDIDATES = [
  { name: 'one', instances: 1 },
  { name: 'two', instances: 2 },
]

/** Garmat's create by one instance and by two on one database, the connections in turn to each. */
export function instances(engine: BenchEngine, settings: Settings): Promise<Rounds<LoadResult>> {
  return inRounds(CANDIDATES, settings.rounds, (candidate) =>
    onDatabase(engine, settings, async ({ start, load }) => {
      const servers: Server[] = []
      while (servers.length < candidate.instances) servers.push(await start(rollcallServe, 'any'))
      return load({ servers, kind: 'create', core: 'any' })
    }),
  )
}

export function instancesTable(rounds: Rounds<LoadResult>): string {
  const column = <V>(name: string, value: (result: LoadResult) => V) =>
    rounds.map((round) => value(round[name] as LoadResult))
  const rates = (name: string) => column(name, ({ requestsPerSecond }) => requestsPerSecond)
  const slow = (name: string) => column(name, ({ p99Ms }) => p99Ms)
  return table(
    ['instances', 'requests/s', 'of one', 'p99 ms', 'of one', 'CPU µs', 'database µs'],
    CANDIDATES.map(({ name }) => [
      name,
      number(rates(name)),
      ratio(rates(name).map((rate, round) => rate / (rates('one')[round] ?? Number.NaN))),
      number(slow(name), 1),
      ratio(slow(name).map((ms, round) => ms / (slow('one')[round] ?? Number.NaN))),
      number(column(name, ({ cpuMicros }) => cpuMicros)),
      number(column(name, ({ databaseMicros }) => databaseMicros)),
    ]),
  )
}
