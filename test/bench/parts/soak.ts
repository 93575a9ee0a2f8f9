import type { BenchEngine } from '../databases.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { LoadResult } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { number, table } from '../table.ts'

const samples = 60

export interface Soak extends LoadResult {
  readonly minutes: number
  /** At equal times, from the start of the load to its end. */
  readonly rssMiB: readonly number[]
}

/** The memory of the service under load, for some minutes. */
export function soak(engine: BenchEngine, settings: Settings): Promise<Soak> {
  const minutes = settings.soakMinutes
  return onDatabase(engine, settings, async ({ start, load }) => {
    const server = await start(rollcallServe)
    const rssMiB: number[] = []
    const sampling = setInterval(() => rssMiB.push(Math.round(server.rssMiB())), (minutes * 60_000) / samples)
    try {
      const result = await load({ servers: [server], kind: 'create' }, minutes * 60)
      return { ...result, minutes, rssMiB }
    } finally {
      clearInterval(sampling)
    }
  })
}

export function soakTable({ minutes, rssMiB, requestsPerSecond, statuses }: Soak): string {
  const fifth = Math.ceil(rssMiB.length / 5)
  return table(
    ['minutes', 'creates', 'requests/s', 'RSS MiB in the first fifth', 'in the last', 'highest'],
    [
      [
        String(minutes),
        number([statuses[200] ?? 0]),
        number([requestsPerSecond]),
        number(rssMiB.slice(0, fifth)),
        number(rssMiB.slice(-fifth)),
        number([Math.max(...rssMiB)]),
      ],
    ],
  )
}
