import type { BenchEngine } from '../databases.ts'
import { inRounds } from '../in-rounds.ts'
import { onDatabase } from '../on-database.ts'
import { rollcallServe } from '../peers.ts'
import type { Settings } from '../settings.ts'
import { number, table } from '../table.ts'

const starts = 10

/** Milliseconds from the start of the process to the first user created, of the service with all contracts. */
export async function startsOf(engine: BenchEngine, settings: Settings): Promise<readonly number[]> {
  const rounds = await inRounds([{ name: 'start' }], starts, () =>
    onDatabase(engine, settings, async ({ start }) => (await start(rollcallServe)).startMs),
  )
  return rounds.flatMap(Object.values<number>)
}

export function startsTable(startMs: readonly number[]): string {
  const row = [number(startMs), number([Math.min(...startMs)]), number([Math.max(...startMs)])]
  return table([`median ms of ${startMs.length} starts`, 'fastest', 'slowest'], [row])
}
