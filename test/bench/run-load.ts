import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pinned } from './pinned.ts'
import type { RequestKind } from './requests.ts'

export interface LoadOptions {
  /** One server's port, or several, to which the connections go in turn. */
  readonly ports: readonly number[]
  readonly connections: number
  readonly kind: RequestKind
  readonly key: string
  /** Makes the e-mail addresses of this load its own. */
  readonly tag: string
  /** The statuses that may come; any other ends the benchmark. */
  readonly expected: readonly number[]
  /** Requests a second; without it each connection sends as soon as it was answered. */
  readonly perSecond?: number
  readonly warmSeconds: number
  readonly seconds: number
  /** Whose CPU time is measured. */
  readonly pids: readonly number[]
  /** PostgreSQL's first process, where it runs on this machine. */
  readonly databasePid?: number | undefined
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the servers for each request, and of PostgreSQL. */
  readonly cpuMicros: number
  readonly databaseMicros: number
  /** The share of a core that the load itself used: near 1 it, and not the server, was the limit. */
  readonly loadBusy: number
  /** How often each status was answered, the warm-up included. */
  readonly statuses: Readonly<Record<string, number>>
}

/** Sends a load from a process of its own, on a core of its own unless told to leave that to the system. */
export async function runLoad(options: LoadOptions, core: 1 | 'any' = 1): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./load.js', import.meta.url))
  const [command, ...args] = pinned(core, [process.execPath, script, JSON.stringify(options)])
  const { stdout } = await promisify(execFile)(command, args)
  return JSON.parse(stdout)
}
