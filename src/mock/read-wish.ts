import parsePreferHeader from 'parse-prefer-header'

/** What a client asks of the mock in a `Prefer` header. Other preferences are ignored, as RFC 7240 has it. */
export interface Wish {
  readonly code?: string
  readonly example?: string
  readonly dynamic?: boolean
}

/** Reads `Prefer: code=409, example=emailTaken, dynamic=true`. */
export function readWish(header: string): Wish {
  const { code, example, dynamic } = parsePreferHeader(header)
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof example === 'string' && { example }),
    ...(dynamic !== undefined && { dynamic: dynamic !== 'false' }),
  }
}
