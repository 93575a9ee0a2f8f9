import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cores } from '../cpu.ts'
import type { BenchEngine } from '../databases.ts'
import { inRounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { Settings } from '../settings.ts'
import { number, ratio, table } from '../table.ts'

/** How many threads hash: one core is the event loop's. */
const threads = Math.max(1, cores - 1)

interface Round {
  readonly rawPerSecond: number
  readonly createsPerSecond: number
  /** Of garmat's create at a fixed rate, by itself and while Bimplus's creates hash. */
  readonly aloneP99Ms: number
  readonly besideP99Ms: number
}

export interface Hashing {
  readonly threads: number
  readonly perSecond: number
  readonly rounds: readonly Round[]
}

/** What creates with a password cost, and what they do to those without. Nothing is bound to a core. */
export async function hashing(engine: BenchEngine, settings: Settings): Promise<Hashing> {
  const { perSecond } = settings
  const rounds = await inRounds([{ name: 'hashing' }], settings.rounds, () =>
    onDatabase(engine, settings, async ({ database, start, load }): Promise<Round> => {
      const servers = [await start(rollcallServe, 'any')]
      // Enough to keep the threads busy, and no queue to be refused from.
      const withPassword = () =>
        load({
          servers,
          kind: 'createWithPassword',
          key: database.keys.bimplus,
          connections: 4 * threads,
          core: 'any',
        })
      const without = () => load({ servers, kind: 'create', perSecond, core: 'any' })
      const rawPerSecond = await raw(settings.seconds)
      const { requestsPerSecond } = await withPassword()
      const alone = await without()
      const [beside] = await Promise.all([without(), withPassword()])
      return {
        rawPerSecond,
        createsPerSecond: requestsPerSecond,
        aloneP99Ms: alone.p99Ms,
        besideP99Ms: beside.p99Ms,
      }
    }),
  )
  return { threads, perSecond, rounds: rounds.flatMap(Object.values<Round>) }
}

async function raw(seconds: number): Promise<number> {
  const script = fileURLToPath(new URL('../hash-raw.js', import.meta.url))
  const env = { PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(threads) }
  const args = [script, String(threads), String(seconds)]
  return Number((await promisify(execFile)(process.execPath, args, { env })).stdout)
}

export function hashingTable({ threads, perSecond, rounds }: Hashing): string {
  return table(
    ['measure', 'value', 'against', 'value', 'ratio'],
    [
      [
        "Bimplus's creates/s",
        number(rounds.map((round) => round.createsPerSecond)),
        `@node-rs/argon2 alone, ${threads} ${threads === 1 ? 'thread' : 'threads'}, hashes/s`,
        number(rounds.map((round) => round.rawPerSecond)),
        ratio(rounds.map((round) => round.createsPerSecond / round.rawPerSecond)),
      ],
      [
        `p99 ms of ${perSecond} of Garmat's creates/s beside them`,
        number(
          rounds.map((round) => round.besideP99Ms),
          1,
        ),
        'the same without them',
        number(
          rounds.map((round) => round.aloneP99Ms),
          1,
        ),
        ratio(rounds.map((round) => round.besideP99Ms / round.aloneP99Ms)),
      ],
    ],
  )
}
