import type { BenchEngine } from '../databases.ts'
import { inRounds } from '../in-rounds.ts'
import { type Peer, rollcallServe, startPeer, usersAtStart } from '../peers.ts'
import { type LoadResult, runLoad } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { number, ratio, table } from '../table.ts'

interface Round extends LoadResult {
  readonly startMs: number
  readonly rssMiB: number
}

export interface Creates {
  readonly peers: readonly Pick<Peer, 'name' | 'description'>[]
  /** By the name of the peer. */
  readonly rounds: readonly Readonly<Record<string, Round>>[]
}

/** Garmat's create by every peer, on a new database in each round. What is stored must be what was acknowledged. */
export async function creates(engine: BenchEngine, peers: readonly Peer[], settings: Settings): Promise<Creates> {
  const rounds = await inRounds(peers, settings.rounds, async (peer): Promise<Round> => {
    const database = await engine.create()
    const server = await startPeer(peer, database, settings.folder)
    try {
      const result = await runLoad({
        ports: [server.port],
        connections: settings.connections,
        kind: 'create',
        key: database.keys.garmat,
        tag: 'load',
        expected: [200],
        warmSeconds: settings.warmSeconds,
        seconds: settings.seconds,
        pids: [server.pid],
        databasePid: engine.pid,
      })
      const rssMiB = Math.round(server.rssMiB())
      await server.stop()
      const stored = await database.users()
      const acknowledged = (result.statuses[200] ?? 0) + usersAtStart
      if (stored !== acknowledged) throw new Error(`${peer.name} stored ${stored} and acknowledged ${acknowledged}`)
      return { ...result, startMs: server.startMs, rssMiB }
    } finally {
      await server.stop()
      await database.remove()
    }
  })
  return { peers: peers.map(({ name, description }) => ({ name, description })), rounds }
}

/** Medians over the rounds, and medians of the ratios within each round. */
export function createsTable({ peers, rounds }: Creates): string {
  const first = peers[0]?.name ?? ''
  const column = (name: string, value: (round: Round) => number) => rounds.map((round) => value(round[name] as Round))
  const against = (name: string, other: string) =>
    rounds.map((round) => (round[name] as Round).requestsPerSecond / (round[other] as Round).requestsPerSecond)
  return table(
    [
      'server',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'CPU µs a request',
      'database µs',
      `of ${first}`,
      'rollcall to it',
      'RSS MiB',
      'start ms',
    ],
    peers.map(({ name, description }) => [
      `\`${name}\`: ${description}`,
      number(column(name, ({ requestsPerSecond }) => requestsPerSecond)),
      number(
        column(name, ({ p50Ms }) => p50Ms),
        1,
      ),
      number(
        column(name, ({ p99Ms }) => p99Ms),
        1,
      ),
      number(column(name, ({ cpuMicros }) => cpuMicros)),
      number(column(name, ({ databaseMicros }) => databaseMicros)),
      ratio(against(name, first)),
      ratio(against(rollcallServe.name, name)),
      number(column(name, ({ rssMiB }) => rssMiB)),
      number(column(name, ({ startMs }) => startMs)),
    ]),
  )
}
