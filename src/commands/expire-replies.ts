import type { Log } from '../log.ts'
import type { ReplyStore } from '../store/reply-store.ts'

const everyMs = 60_000

/** Removes the replies that no repeated request can have any more, now and every minute. Returns what ends it. */
export function expireReplies({ removeExpired }: ReplyStore, log: Log): () => void {
  const expire = () =>
    removeExpired(new Date()).catch((error) => log.warn({ err: error }, 'expired replies were not removed'))
  void expire()
  const timer = setInterval(expire, everyMs)
  return () => clearInterval(timer)
}
