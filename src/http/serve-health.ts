import type { Middleware } from 'koa'
import type { Reply } from '../contracts/contract.ts'
import { packageJson } from '../package-json.ts'
import { problem } from './problem.ts'
import type { RequestState } from './request-state.ts'
import { write } from './write.ts'

const { name, version } = packageJson

/**
 * Answers what a service tells its operators (`openapi/operations.yaml`). It is not ready when `demandReady` throws,
 * which must not take long.
 */
export function serveHealth(demandReady: () => Promise<void>): Middleware<RequestState> {
  const operations = new Map<string, { readonly id: string; readonly answer: () => Promise<Reply> }>([
    ['/health/live', { id: 'getLiveness', answer: async () => ok({ status: 'live' }) }],
    ['/health/ready', { id: 'getReadiness', answer: () => demandReady().then(() => ok({ status: 'ready' })) }],
    ['/version', { id: 'getVersion', answer: async () => ok({ name, version }) }],
  ])
  return async (koa, next) => {
    const operation = operations.get(koa.state.path)
    if (!operation) return next()

    koa.state.operation = operation.id
    koa.state.isProbe = true
    koa.set('Cache-Control', 'no-store')
    if (!['GET', 'HEAD'].includes(koa.method)) {
      return write(koa, problem(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' }))
    }
    const reply = await operation.answer().catch((error) => {
      // Whatever it is, others can serve better now. The log says what it is.
      koa.state.error = error
      const detail = 'The database does not answer, or its tables are not up to date.'
      return problem(503, detail, { 'Retry-After': '1' })
    })
    await write(koa, reply)
  }
}

function ok(body: object): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body }
}
