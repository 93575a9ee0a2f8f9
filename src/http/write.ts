import type { Reply } from '../contracts/contract.ts'
import type { KoaContext } from './request-state.ts'

/** Writes a reply. Koa leaves the body out for HEAD. */
export function write(koa: KoaContext, { status, headers, body }: Reply): void {
  koa.status = status
  for (const [name, value] of Object.entries(headers ?? {})) koa.set(name, value)
  koa.body = body === undefined ? null : JSON.stringify(body)
}
