import type { BenchEngine } from '../databases.ts'
import { inRounds, type Rounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { type Peer, rollcallServe } from '../peers.ts'
import type { LoadResult } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { number, ratio, table } from '../table.ts'

interface Round extends LoadResult {
  readonly startMs: number
  readonly rssMiB: number
}

export interface Creates {
  readonly peers: readonly Pick<Peer, 'name' | 'description'>[]
  readonly rounds: Rounds<Round>
}

/** Garmat's create by every peer, on a new database in each round. */
export async function creates(engine: BenchEngine, peers: readonly Peer[], settings: Settings): Promise<Creates> {
  const rounds = await inRounds(peers, settings.rounds, (peer) =>
    onDatabase(engine, settings, async ({ start, load }) => {
      const server = await start(peer)
      const result = await load({ servers: [server], kind: 'create' })
      return { ...result, startMs: server.startMs, rssMiB: Math.round(server.rssMiB()) }
    }),
  )
  return { peers: peers.map(({ name, description }) => ({ name, description })), rounds }
}

/** Medians over the rounds, and medians of the ratios within each round. */
export function createsTable({ peers, rounds }: Creates): string {
  const first = peers[0]?.name ?? ''
  const column = <V>(name: string, value: (round: Round) => V) => rounds.map((round) => value(round[name] as Round))
  const rates = (name: string) => column(name, ({ requestsPerSecond }) => requestsPerSecond)
  const against = (name: string, other: string) => {
    const others = rates(other)
    return rates(name).map((rate, round) => rate / (others[round] as number))
  }
  const isSplit = rounds.some((round) => round[first]?.databaseMicros)
  const heads = ['server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', ...(isSplit ? ['database µs'] : [])]
  return table(
    [...heads, `of \`${first}\``, '`rollcall` to it', 'RSS MiB', 'start ms'],
    peers.map(({ name, description }) => [
      `\`${name}\`: ${description}`,
      number(rates(name)),
      number(
        column(name, ({ p50Ms }) => p50Ms),
        1,
      ),
      number(
        column(name, ({ p99Ms }) => p99Ms),
        1,
      ),
      number(column(name, ({ cpuMicros }) => cpuMicros)),
      ...(isSplit ? [number(column(name, ({ databaseMicros }) => databaseMicros))] : []),
      ratio(against(name, first)),
      ratio(against(rollcallServe.name, name)),
      number(column(name, ({ rssMiB }) => rssMiB)),
      number(column(name, ({ startMs }) => startMs)),
    ]),
  )
}
