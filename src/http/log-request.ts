import type { Log } from '../log.ts'
import type { KoaContext } from './request-state.ts'
import { traceOf } from './trace-of.ts'

/** Writes one line when a request has ended. Paths stay out: on an unknown one a client may have put anything. */
export function logRequest(koa: KoaContext, log: Log): void {
  const started = performance.now()
  koa.res.once('close', () => {
    const { id, contract, operation, isProbe, refusal, example, isRepeated, error } = koa.state
    // A client that left before the reply began was told nothing.
    const isTold = koa.res.headersSent
    const line = {
      id,
      ...traceOf(koa.get('traceparent')),
      method: koa.method,
      contract,
      operation,
      refusal,
      example,
      isRepeated,
      status: isTold ? koa.status : undefined,
      durationMs: Number((performance.now() - started).toFixed(1)),
    }
    if (error) log.error({ ...line, err: error }, 'request failed')
    else log[isProbe ? 'debug' : 'info'](line, isTold ? 'request' : 'request aborted')
  })
}
