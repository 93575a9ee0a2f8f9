import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Options {
  /** Where it runs; `./data` is there. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** All that stdin holds. */
  readonly input?: string
  /** Another checkout to run from. */
  readonly checkout?: string
  /** Who runs it, where it is not who runs the tests, and with which Node. */
  readonly identity?: { readonly uid: number; readonly gid: number; readonly node: string } | undefined
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running `rollcall`, its output collected. */
export interface Running {
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
}

/** Starts the built command line, in an environment that has nothing of ours but what is given. */
export function start(args: readonly string[], { cwd, env, input, checkout = root, identity }: Options): Running {
  const {
    HOST,
    PORT,
    DATABASE_URL,
    DATABASE_URL_FILE,
    LOG_LEVEL,
    NODE_ENV,
    RATE_LIMIT,
    TRUST_PROXY,
    CORS_ORIGINS,
    METRICS_PORT,
    ...inherited
  } = process.env
  const child = spawn(identity?.node ?? process.execPath, [`${checkout}/dist/src/main.js`, ...args], {
    cwd,
    env: { ...inherited, ...env },
    ...(identity && { uid: identity.uid, gid: identity.gid }),
  })
  // A command may end before it has read it.
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Runs a command to its end. */
export function run(args: readonly string[], options: Options): Promise<Ended> {
  return start(args, options).ended
}

/** Runs what listens, `serve` or `mock`, on a free port, and waits for its ready line. */
export async function listening(
  args: readonly string[],
  options: Options,
): Promise<Running & { readonly origin: string }> {
  const running = start([...args, '--port', '0'], options)
  const origin = await new Promise<string>((resolve, reject) => {
    running.process.stdout?.on('data', () => {
      const ready = /^Rollcall (?:mock )?listens on (http:\/\/\S+)$/m.exec(running.stdout())
      if (ready?.[1]) resolve(ready[1])
    })
    running.ended.then(({ code, stderr }) => reject(new Error(`rollcall ended with ${code}: ${stderr}`)))
  })
  return { ...running, origin }
}

/** Serves on a free port. */
export function serve(options: Options): Promise<Running & { readonly origin: string }> {
  return listening(['serve'], options)
}

/** Ends a running service as an operator does. */
export function stop(running: Running): Promise<Ended> {
  running.process.kill('SIGTERM')
  return running.ended
}
