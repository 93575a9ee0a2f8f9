import type { BenchEngine } from '../databases.ts'
import { inRounds, type Rounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { RequestKind } from '../requests.ts'
import type { LoadResult } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { number, ratio, table } from '../table.ts'

const CANDIDATES = [
  { name: 'accepted', kind: 'create' },
  { name: 'without a key', kind: 'createWithoutKey' },
  { name: 'malformed JSON', kind: 'createMalformed' },
  { name: 'an invalid body', kind: 'createInvalid' },
  { name: 'a taken e-mail address', kind: 'createTaken' },
] as const satisfies { name: string; kind: RequestKind }[]

/** What a request costs that is refused, beside one that is accepted, on one running service. */
export function refusals(engine: BenchEngine, settings: Settings): Promise<Rounds<LoadResult>> {
  return onDatabase(engine, settings, async ({ start, load }) => {
    const server = await start(rollcallServe)
    // The users whose addresses are taken; and no candidate is the first to be served.
    await load({ servers: [server], kind: 'create', tag: 'taken' })
    return inRounds(CANDIDATES, settings.rounds, ({ kind }) =>
      load({ servers: [server], kind, ...(kind === 'createTaken' && { tag: 'taken' }) }),
    )
  })
}

export function refusalsTable(rounds: Rounds<LoadResult>): string {
  const cpu = (name: string) => rounds.map((round) => round[name]?.cpuMicros ?? Number.NaN)
  return table(
    ['a request that is', 'status', 'CPU µs', 'of an accepted one', 'requests/s'],
    CANDIDATES.map(({ name }) => [
      name,
      [...new Set(rounds.flatMap((round) => Object.keys(round[name]?.statuses ?? {})))].join(', '),
      number(cpu(name)),
      ratio(cpu(name).map((micros, round) => micros / (cpu('accepted')[round] ?? Number.NaN))),
      number(rounds.map((round) => round[name]?.requestsPerSecond ?? Number.NaN)),
    ]),
  )
}
