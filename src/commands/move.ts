import { resolve } from 'node:path'
import { Presets, SingleBar } from 'cli-progress'
import { type Config, parseDatabaseUrl, UsageError } from '../config.ts'
import { copyTables, type TableCopy } from '../store/copy-tables.ts'

export interface MoveFlags {
  readonly from?: string
  readonly to?: string
}

/** Copies users and keys from one database into another, and fails unless both then have the same rows. */
export async function move(flags: MoveFlags, { databaseUrl }: Config): Promise<void> {
  // Not parsed as flags are: those are repeated when they are wrong, and a database URL may hold a password.
  const from = parseDatabaseUrl('--from', flags.from ?? databaseUrl)
  const to = parseDatabaseUrl('--to', flags.to ?? databaseUrl)
  if (placeOf(from) === placeOf(to)) throw new UsageError('--from and --to name the same database')
  for (const [flag, url] of Object.entries({ from, to })) {
    if (url === 'sqlite::memory:') throw new UsageError(`--${flag} must name a database that lasts`)
  }

  // Shown at a terminal only. Ctrl-C ends the command: it can be run again.
  const bar = new SingleBar({ format: '{table} [{bar}] {value}/{total}', gracefulExit: false }, Presets.legacy)
  const watcher = {
    begin(table: string, rows: number) {
      bar.stop()
      bar.start(rows, 0, { table })
    },
    advance: (rows: number) => bar.update(rows),
  }
  const copies = await copyTables(from, to, watcher).finally(() => bar.stop())

  for (const { table, copied, sourceRows } of copies) {
    console.error(`${table}: ${copied} of ${sourceRows} rows copied, ${sourceRows - copied} left alone.`)
  }
  const faults = copies.flatMap(faultsOf)
  if (faults.length > 0) throw new Error(`the databases differ\n${faults.join('\n')}`)
}

/** Which database is meant, however its file is named. */
function placeOf(url: string): string {
  return url.startsWith('sqlite:') ? resolve(url.slice('sqlite:'.length)) : url
}

function faultsOf({ table, sourceRows, targetRows, differing, firstDiffering }: TableCopy): string[] {
  const more = differing > firstDiffering.length ? `, and ${differing - firstDiffering.length} more` : ''
  return [
    ...(differing > 0
      ? [`${table}: the target has other rows in the place of ${firstDiffering.join(', ')}${more}`]
      : []),
    ...(sourceRows === targetRows ? [] : [`${table}: the source has ${sourceRows} rows, the target ${targetRows}`]),
  ]
}
