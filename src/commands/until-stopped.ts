import type { Listening } from '../http/listen.ts'
import type { Log } from '../log.ts'

const graceMs = 10_000

/** Waits for SIGINT or SIGTERM, then lets the requests in flight finish. */
export async function untilStopped(listening: Listening, log: Log): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, resolve)
  })
  log.info({ signal }, 'closing')
  await listening.close(graceMs)
}
