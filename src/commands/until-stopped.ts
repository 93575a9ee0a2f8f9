import type { Listening } from '../http/listen.ts'
import type { Log } from '../log.ts'

/** Says that it is ready, waits for SIGINT or SIGTERM, and lets the requests in flight finish. */
export async function untilStopped(listening: Listening, log: Log, ready: () => Promise<void> | void): Promise<void> {
  const stopped = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, resolve)
  })
  try {
    await ready()
    log.info({ signal: await stopped }, 'closing')
  } finally {
    await listening.close()
  }
}
