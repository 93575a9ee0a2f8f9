import type { Middleware } from 'koa'
import type { Metrics } from '../metrics.ts'
import type { RequestState } from './request-state.ts'

/** Tells the metrics at `/metrics`. */
export function serveMetrics({ text, contentType }: Metrics): Middleware<RequestState> {
  return async (koa, next) => {
    if (koa.state.path !== '/metrics' || !['GET', 'HEAD'].includes(koa.method)) return next()
    koa.state.isProbe = true
    koa.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store' })
    koa.body = await text()
  }
}
