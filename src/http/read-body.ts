import type { IncomingHttpHeaders } from 'node:http'
import contentType from 'content-type'
import getRawBody from 'raw-body'
import type { JsonObject } from '../contracts/contract.ts'
import { Refused } from './refused.ts'
import type { KoaContext } from './request-state.ts'

export const bodyBytesMax = 102_400
const nestingMax = 32
// What raw-body and Node call a client that left, or sent less than it said.
const PARTIAL = ['request.aborted', 'request.size.invalid', 'ECONNRESET']

/** What a document says of an operation's body; `x-default-media-type` is how a body without a Content-Type is read. */
export interface RequestBody {
  readonly content: Readonly<Record<string, unknown>>
  readonly 'x-default-media-type'?: string
}

/** Reads a body as a JSON object, whichever of the documented media types it is labelled with. Refuses it as contracts demand. */
export async function readBody({ req, res }: KoaContext, requestBody: RequestBody): Promise<JsonObject> {
  if (!isSupported(req.headers, requestBody)) throw new Refused({ kind: 'unsupportedMediaType' })
  const length = req.headers['content-length'] ?? null
  if (Number(length) > bodyBytesMax) throw new Refused({ kind: 'tooLarge', bodyBytesMax })
  // Only now is the client told to go on: who is refused above need not send the body.
  if (req.headers.expect?.toLowerCase() === '100-continue') {
    res.writeContinue()
    res.removeHeader('Connection')
  }

  const bytes = await getRawBody(req, { limit: bodyBytesMax, length }).catch((error) => {
    if (error.type === 'entity.too.large') throw new Refused({ kind: 'tooLarge', bodyBytesMax })
    if (!PARTIAL.includes(error.type ?? error.code)) throw error
    throw malformed('the body did not arrive whole')
  })
  return parse(decode(bytes))
}

function isSupported(headers: IncomingHttpHeaders, requestBody: RequestBody): boolean {
  const label = headers['content-type'] ?? requestBody['x-default-media-type']
  if (label === undefined || headers['content-encoding'] !== undefined) return false
  if (Object.hasOwn(requestBody.content, label)) return true
  let parsed: contentType.ParsedMediaType
  try {
    parsed = contentType.parse(label)
  } catch {
    return false
  }
  const charset = parsed.parameters.charset?.toLowerCase() ?? 'utf-8'
  return Object.hasOwn(requestBody.content, parsed.type) && charset === 'utf-8'
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformed('the body is not valid UTF-8')
  }
}

function parse(text: string): JsonObject {
  // Nobody reads the stack of what a client has misspelt, and it takes longer than to parse.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('the body is not valid JSON')
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('the body is not a JSON object')
  }
  if (nestsDeeper(value, nestingMax)) throw malformed(`the body nests deeper than ${nestingMax} levels`)
  return value as JsonObject
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1))
}

function malformed(reason: string): Refused {
  return new Refused({ kind: 'malformed', reason })
}
