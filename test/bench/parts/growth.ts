import type { BenchDatabase, BenchEngine } from '../databases.ts'
import { FILLED, fill } from '../fill.ts'
import { inRounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { LoadResult } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { number, ratio, table } from '../table.ts'

// A database of so many users is used again: what a load adds is little, and a copy would take longer than the load.
const copiedMax = 100_000

export interface GrowthSizes {
  readonly users: readonly number[]
  readonly keys: readonly number[]
}

/** What was measured at one size, round by round. */
export interface Point {
  readonly engine: BenchEngine['name']
  readonly of: 'create' | 'duplicate' | 'key look-up'
  readonly size: number
  readonly rounds: readonly LoadResult[]
}

interface Candidate extends Omit<Point, 'engine' | 'rounds'> {
  readonly name: string
  readonly filled: BenchDatabase
}

/** The cost of creates and duplicates beside so many users, and of a key among so many keys, all of them in use. */
export async function growth(engine: BenchEngine, sizes: GrowthSizes, settings: Settings): Promise<readonly Point[]> {
  const candidates: Candidate[] = []
  for (const users of sizes.users) {
    const filled = await filledWith(engine, { users })
    for (const of of ['create', 'duplicate'] as const) candidates.push(candidate(of, users, filled))
  }
  for (const keys of sizes.keys) candidates.push(candidate('key look-up', keys, await filledWith(engine, { keys })))

  const rounds = await inRounds(candidates, settings.rounds, ({ of, size, filled }) => {
    const isCopied = of === 'key look-up' || size <= copiedMax
    const create = isCopied ? () => engine.create(filled) : async () => ({ ...filled, remove: async () => {} })
    return onDatabase({ ...engine, create }, settings, async ({ start, load }) => {
      const servers = [await start(rollcallServe)]
      switch (of) {
        case 'create':
          return load({ servers, kind: 'create', tag: `load${Date.now()}` })
        case 'duplicate':
          return load({ servers, kind: 'createTaken', tag: FILLED.tag, among: { users: size } })
        case 'key look-up':
          // Malformed JSON: the key was looked up and counted, and nothing else was done.
          return load({ servers, kind: 'createMalformed', key: FILLED.key, among: { keys: size } })
      }
    })
  })
  return candidates.map(({ name, of, size }) => ({
    engine: engine.name,
    of,
    size,
    rounds: rounds.map((round) => round[name] as LoadResult),
  }))
}

function candidate(of: Candidate['of'], size: number, filled: BenchDatabase): Candidate {
  return { name: `${of} at ${size.toLocaleString('en')}`, of, size, filled }
}

async function filledWith(engine: BenchEngine, size: { users?: number; keys?: number }): Promise<BenchDatabase> {
  console.error(`filling ${engine.name} with ${JSON.stringify(size)}`)
  const database = await engine.create()
  await fill(database.url, size)
  return database
}

/** CPU time of a request in the server and, where it is another process, the database. */
export function microsOf({ rounds }: Point): readonly number[] {
  return rounds.map(({ cpuMicros, databaseMicros }) => (cpuMicros ?? Number.NaN) + (databaseMicros ?? 0))
}

/** The points of one line of the plot, the smallest size first. */
export function linesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const nameOf = ({ engine, of }: Point) => `${engine} ${of}`
  return [...new Set(points.map(nameOf))].map((name) => points.filter((point) => nameOf(point) === name))
}

export function growthTable(points: readonly Point[]): string {
  const rows = linesOf(points).flatMap(([first, ...rest]) => {
    if (!first) return []
    return [first, ...rest].map((point) => {
      const rates = point.rounds.map(({ requestsPerSecond }) => requestsPerSecond)
      return [
        point.engine,
        point.of,
        point.size.toLocaleString('en'),
        number(microsOf(point)),
        ratio(microsOf(point).map((micros, round) => micros / (microsOf(first)[round] ?? Number.NaN))),
        number(rates),
        ratio(rates.map((rate, round) => rate / (first.rounds[round]?.requestsPerSecond ?? Number.NaN))),
        number(
          point.rounds.map(({ p99Ms }) => p99Ms),
          1,
        ),
      ]
    })
  })
  const heads = ['database', 'request', 'users, or keys', 'CPU µs', 'of the smallest', 'requests/s', 'of the smallest']
  return table([...heads, 'p99 ms'], rows)
}
