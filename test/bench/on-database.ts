import type { BenchDatabase, BenchEngine } from './databases.ts'
import { type Peer, startPeer, usersAtStart } from './peers.ts'
import { type Load, type LoadResult, runLoad } from './run-load.ts'
import type { Settings } from './settings.ts'
import type { Server } from './start-server.ts'

/** A new database to measure on. */
export interface Ground {
  readonly database: BenchDatabase
  /** Starts a server there, on the first core unless told to leave that to the system. */
  readonly start: (peer: Peer, core?: 0 | 'any') => Promise<Server>
  /** Sends a load for so long, with garmat's key unless another is given. */
  readonly load: (load: Omit<Load, 'key' | 'databasePid'> & { key?: string }, seconds?: number) => Promise<LoadResult>
}

/**
 * Measures on a new database. When all is done, as many users more must be stored as were acknowledged, and no others.
 */
export async function onDatabase<T>(
  engine: BenchEngine,
  settings: Settings,
  measure: (ground: Ground) => Promise<T>,
): Promise<T> {
  const database = await engine.create()
  const servers: Server[] = []
  let loads = 0
  let acknowledged = await database.users()
  const stop = () => Promise.all(servers.map((server) => server.stop()))
  try {
    const measured = await measure({
      database,
      async start(peer, core = 0) {
        const server = await startPeer(peer, database, { core, folder: settings.folder })
        servers.push(server)
        acknowledged += usersAtStart
        return server
      },
      async load(load, seconds = settings.seconds) {
        const all = { key: database.keys.garmat, tag: `load${loads++}`, ...load, databasePid: engine.pid }
        const result = await runLoad(all, { ...settings, seconds })
        acknowledged += (result.statuses[200] ?? 0) + (result.statuses[201] ?? 0)
        return result
      },
    })
    await stop()
    const stored = await database.users()
    if (stored !== acknowledged) throw new Error(`${stored} users are stored and ${acknowledged} were acknowledged`)
    return measured
  } finally {
    await stop()
    await database.remove()
  }
}
