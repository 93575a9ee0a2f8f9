import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../contracts/contract.ts'
import { endOfTurn } from './end-of-turn.ts'
import type { KoaContext } from './request-state.ts'

const lingerMs = 1_000

/** Writes a reply. Koa leaves the body out for HEAD. */
export async function write(koa: KoaContext, { status, headers, body }: Reply): Promise<void> {
  if (!koa.req.complete) await linger(koa)
  koa.status = status
  for (const [name, value] of Object.entries(headers ?? {})) koa.res.setHeader(name, value)
  koa.body = body === undefined ? null : JSON.stringify(body)
}

/**
 * Drops what is still being sent. A client may read nothing before it has sent all, and a connection that is closed
 * under it loses the reply. A client that waits to be told to go on sends nothing.
 */
async function linger({ req }: KoaContext): Promise<void> {
  if (req.headers.expect !== undefined) return
  req.resume()
  // A short body has come with its header: Node is about to read it.
  await endOfTurn()
  if (req.complete) return
  const sent = finished(req, { writable: false }).catch(() => {})
  await Promise.race([sent, sleep(lingerMs, undefined, { ref: false })])
}
