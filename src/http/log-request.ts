import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { KoaContext } from './request-state.ts'
import { traceOf } from './trace-of.ts'

/** Writes one line when a request has ended, and counts it. Paths stay out: on an unknown one a client may have put anything. */
export function logRequest(koa: KoaContext, log: Log, metrics?: Metrics): void {
  const started = performance.now()
  koa.res.once('close', () => {
    const { id, contract, operation, isProbe, refusal, example, isRepeated, error } = koa.state
    // A client that left before the reply began was told nothing.
    const isTold = koa.res.headersSent
    const status = isTold ? koa.status : undefined
    const durationMs = performance.now() - started
    metrics?.countRequest({ contract, operation, status, refusal, seconds: durationMs / 1000 })
    const line = {
      id,
      ...traceOf(koa.get('traceparent')),
      method: koa.method,
      contract,
      operation,
      refusal,
      example,
      isRepeated,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
    }
    if (error) log.error({ ...line, err: error }, 'request failed')
    else log[isProbe ? 'debug' : 'info'](line, isTold ? 'request' : 'request aborted')
  })
}
