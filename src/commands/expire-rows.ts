import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

const everyMs = 60_000

/** Removes what nobody may have any more from a store, now and every minute. Returns what ends it. */
export function expireRows({ removeExpired }: Pick<Store, 'removeExpired'>, log: Log): () => void {
  const expire = () =>
    removeExpired(new Date()).catch((error) => log.warn({ err: error }, 'expired rows were not removed'))
  void expire()
  const timer = setInterval(expire, everyMs)
  return () => clearInterval(timer)
}
