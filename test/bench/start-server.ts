import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rssMiBOf } from './cpu.ts'
import { pinned } from './pinned.ts'

const startMsMax = 60_000

/** A server under test: a process that listens on `PORT` of 127.0.0.1. */
export interface Server {
  readonly pid: number
  readonly port: number
  /** From the start of its process to its first answer with status 200. */
  readonly startMs: number
  readonly rssMiB: () => number
  readonly stop: () => Promise<void>
}

export interface Program {
  /** A script of Node and its arguments; `{port}` stands for the port. */
  readonly args: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly core: 0 | 1 | 'any'
  /** A file for what it writes. */
  readonly log: string
}

export interface Sent {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Starts a server and waits until it answers this request with 200. */
export async function startServer({ args, env, core, log }: Program, first: Sent): Promise<Server> {
  const port = await freePort()
  const output = openSync(log, 'a')
  const [command, ...rest] = pinned(core, [process.execPath, ...args] as [string, ...string[]])
  const started = performance.now()
  const child = spawn(
    command,
    rest.map((arg) => arg.replace('{port}', String(port))),
    {
      // Nothing of a checkout's `.env`.
      cwd: dirname(log),
      env: { PATH: process.env.PATH, ...env, PORT: String(port) },
      stdio: ['ignore', output, output],
    },
  )
  const ended = once(child, 'exit')
  const pid = Number(child.pid)
  for (;;) {
    const answer = await post(port, first).catch(() => undefined)
    if (answer?.status === 200) break
    const waitedMs = performance.now() - started
    if (answer || child.exitCode !== null || waitedMs > startMsMax) {
      child.kill()
      throw new Error(`${args.join(' ')} did not start: ${answer?.status} ${answer?.body}; see ${log}`)
    }
    await sleep(2)
  }
  return {
    pid,
    port,
    startMs: Math.round(performance.now() - started),
    rssMiB: () => rssMiBOf(pid),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Sends a request by itself. */
export async function post(port: number, { path, headers, body }: Sent): Promise<{ status: number; body: string }> {
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }).end(body)
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: (await response.setEncoding('utf8').toArray()).join('') }
}

/** A port that nobody has taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
