import type { KoaContext } from './request-state.ts'

/** Of several media types the one that the client's `Accept` prefers, else the first. Each may be asked for in UTF-8. */
export function preferredType(koa: KoaContext, types: readonly string[]): string | undefined {
  if (types.length < 2) return types[0]
  const accepted = koa.accepts(...types.flatMap((type) => [type, `${type}; charset=utf-8`]))
  return accepted ? accepted.split(';')[0] : types[0]
}
