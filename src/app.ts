import Koa, { type Middleware } from 'koa'
import { v4 as randomUuid } from 'uuid'
import type { Route } from './http/create-route.ts'
import { logRequest } from './http/log-request.ts'
import { problem } from './http/problem.ts'
import type { RequestState } from './http/request-state.ts'
import { write } from './http/write.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

const SANE_ID = /^[\w.:-]{1,128}$/

export interface AppOptions {
  /** How many proxies stand in front: the last so many entries of `X-Forwarded-For` are written by them, and believed. */
  readonly proxies?: number
  /** What runs ahead of the contracts. */
  readonly before?: readonly Middleware<RequestState>[]
  /** What answers where no contract has the path, in turn. */
  readonly otherwise?: readonly Middleware<RequestState>[]
  /** Where requests are counted; without it they are not. */
  readonly metrics?: Metrics | undefined
}

/** The contracts as one Koa application. It listens to nothing and opens no database. */
export function createApp(
  route: Route,
  log: Log,
  { proxies = 0, before = [], otherwise = [], metrics }: AppOptions = {},
): Koa<RequestState> {
  const app = new Koa<RequestState>({ proxy: proxies > 0, maxIpsCount: proxies })
  // What fails after a reply has begun, such as a connection: nobody is left to answer.
  app.on('error', (error) => log.debug({ err: error }, 'connection failed'))

  app.use((koa, next) => {
    const id = koa.get('X-Request-Id')
    koa.state = { id: SANE_ID.test(id) ? id : randomUuid(), path: rawPath(koa.url) }
    // Node's own, here and below: Koa's `set` builds four arrays for each header.
    koa.res.setHeader('X-Request-Id', koa.state.id)
    koa.res.setHeader('X-Content-Type-Options', 'nosniff')
    logRequest(koa, log, metrics)
    return next().catch((error) => {
      koa.state.error = error
      return write(koa, problem(500, 'A fault of ours.'))
    })
  })
  for (const middleware of before) app.use(middleware)
  app.use(async (koa, next) => {
    const owner = route(koa.state.path)
    if (!owner) return next()
    koa.state.contract = owner.name
    await write(koa, await owner.serve(koa))
  })
  for (const middleware of otherwise) app.use(middleware)
  app.use((koa) => write(koa, problem(404, 'No contract has this path.')))
  return app
}

/** The path of a request target as it came: nothing decoded, nothing folded. HTTP allows an origin before it (RFC 9112). */
function rawPath(target: string): string {
  const local = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '')
  const end = local.indexOf('?')
  return end === -1 ? local : local.slice(0, end)
}
