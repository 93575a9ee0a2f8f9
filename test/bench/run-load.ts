import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pinned } from './pinned.ts'
import type { Among, RequestKind } from './requests.ts'
import type { Settings } from './settings.ts'
import type { Server } from './start-server.ts'

/** What to send to whom. */
export interface Load {
  /** One server, or several, to which the connections go in turn. */
  readonly servers: readonly Pick<Server, 'port' | 'pid'>[]
  readonly kind: RequestKind
  readonly key: string
  /** Makes the e-mail addresses of this load its own, where a database gets several. */
  readonly tag?: string
  readonly among?: Among
  readonly connections?: number
  /** Requests a second; without it each connection sends as soon as it was answered. */
  readonly perSecond?: number
  /** PostgreSQL's first process, where it runs on this machine. */
  readonly databasePid?: number | undefined
  /** Where the load itself runs. */
  readonly core?: 1 | 'any'
}

/** The argument of the process that sends. */
export interface LoadOptions extends Load {
  readonly tag: string
  readonly connections: number
  readonly warmSeconds: number
  readonly seconds: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the servers for each request, and of PostgreSQL; null where it cannot be known. */
  readonly cpuMicros: number | null
  readonly databaseMicros: number | null
  /** The share of a core that the load itself used: near 1 it, and not the server, was the limit. */
  readonly loadBusy: number
  /** How often each status was answered, the warm-up included. */
  readonly statuses: Readonly<Record<string, number>>
}

const loadBusyMax = 0.9

/** Sends a load from a process of its own, on a core of its own unless told to leave that to the system. */
export async function runLoad(load: Load, { connections, warmSeconds, seconds }: Settings): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./load.js', import.meta.url))
  const options: LoadOptions = { tag: 'load', connections, ...load, warmSeconds, seconds }
  const [command, ...args] = pinned(load.core ?? 1, [process.execPath, script, JSON.stringify(options)])
  const { stdout } = await promisify(execFile)(command, args)
  const result: LoadResult = JSON.parse(stdout)
  if (result.loadBusy > loadBusyMax) console.error(`The load used ${result.loadBusy} of its core: it was the limit.`)
  return result
}
