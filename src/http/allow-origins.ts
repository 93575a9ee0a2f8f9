import cors from '@koa/cors'
import type { Middleware } from 'koa'
import { operationsOf } from '../contracts/document.ts'
import { resolve } from '../contracts/resolve.ts'
import type { Served } from './create-route.ts'
import type { RequestState } from './request-state.ts'

/** Lets scripts of these origins in browsers call the contracts and read their headers; `*` is every origin. */
export function allowOrigins(origins: readonly string[], served: readonly Served[]): Middleware<RequestState> {
  return cors({
    exposeHeaders: exposedHeaders(served),
    ...(!origins.includes('*') && {
      // An origin that is not allowed is told of none.
      origin: (koa) => (origins.includes(koa.get('Origin')) ? koa.get('Origin') : ''),
    }),
  })
}

/** Every header that a document names: a browser's script may read only what it is told of. */
function exposedHeaders(served: readonly Served[]): string[] {
  const responses = served.flatMap(({ document }) =>
    operationsOf(document).flatMap(({ operation }) =>
      Object.values(operation.responses).map((response) => resolve(document, response)),
    ),
  )
  const names = responses.flatMap(({ headers }) => Object.keys(headers ?? {}))
  return [...new Set([...names, 'X-Request-Id', 'Preference-Applied'])]
}
