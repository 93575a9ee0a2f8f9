import type { Contract } from '../../src/contracts/contract.ts'
import { type ContractDocument, type MediaNode, operationsOf, readDocument } from '../../src/contracts/document.ts'
import { resolve } from '../../src/contracts/resolve.ts'
import { writeKey } from '../../src/http/read-key.ts'
import type { Origin } from './start-service.ts'

type Node = Readonly<Record<string, unknown>>

/** How a response example is brought about: `x-exchange` (openapi/README.md, "Exchanges"). */
interface HowTo {
  readonly request?: string
  readonly body?: unknown
  readonly bodyBytes?: number
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly caller?: { readonly role?: string; readonly tenant?: string }
  readonly after?: readonly string[]
  readonly cause?: string
}

/** A named response example of a contract, and how to bring it about. */
export interface Exchange {
  readonly contract: Contract
  readonly path: string
  readonly method: string
  readonly operationId: string
  readonly status: number
  readonly mediaType: string
  readonly name: string
  readonly value: unknown
  readonly howTo: HowTo
  readonly headers: Node
  readonly schema: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Every named response example of a contract. */
export function exchangesOf(contract: Contract): readonly Exchange[] {
  const document = readDocument(contract.name)
  return operationsOf(document).flatMap(({ path, method, operation }) =>
    entries(operation.responses).flatMap(([status, response]) =>
      entries(resolve(document, response).content).flatMap(([mediaType, { examples, schema }]) =>
        entries(examples).map(([name, example]): Exchange => {
          const { value, 'x-exchange': howTo = {} } = resolve(document, example) as unknown as {
            value: unknown
            'x-exchange'?: HowTo
          }
          const { headers = {} } = resolve(document, response) as { headers?: Node }
          const { operationId } = operation
          const place = { contract, path, method, operationId, status: Number(status), mediaType, name }
          return { ...place, value, howTo, headers, schema }
        }),
      ),
    ),
  )
}

/** Sends what brings an exchange about, after the exchanges that it needs, and reads the answer. */
export async function play(service: Origin, exchange: Exchange, prefer?: string): Promise<Answer> {
  return playWith(service, exchange, await service.keyFor(exchange.contract, exchange.howTo.caller), prefer)
}

async function playWith(service: Origin, exchange: Exchange, key: string, prefer?: string): Promise<Answer> {
  const { contract, howTo } = exchange
  // What must have been before has been, where an example is asked for.
  for (const name of prefer === undefined ? (howTo.after ?? []) : []) {
    const earlier = exchangesOf(contract).find((candidate) => candidate.name === name)
    if (!earlier) throw new Error(`${contract.name}: there is no exchange "${name}"`)
    if (earlier.howTo.caller) await play(service, earlier)
    else await playWith(service, earlier, key)
  }
  const request = new Request(`${service.origin}${howTo.path ?? exchange.path}`, {
    method: (howTo.method ?? exchange.method).toUpperCase(),
    headers: { ...headersOf(exchange, key), ...(prefer !== undefined && { Prefer: prefer }) },
    ...bodyOf(exchange),
  })
  // fetch labels a text as text/plain where a request has no label.
  if (howTo.headers?.['Content-Type'] === null) request.headers.delete('Content-Type')
  const response = await fetch(request)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

function headersOf({ contract, howTo, mediaType }: Exchange, key: string): Record<string, string> {
  const { credential } = contract
  const headers: Record<string, string | null> = {
    [credential.header]: writeKey(key, credential),
    'Content-Type': 'application/json',
    Accept: mediaType,
    ...howTo.headers,
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value.replace('{key}', key)]])),
  )
}

function bodyOf(exchange: Exchange): { body?: Uint8Array } {
  const { howTo, method } = exchange
  if ((howTo.method ?? method).toUpperCase() === 'GET') return {}
  const text =
    howTo.bodyBytes !== undefined
      ? ' '.repeat(howTo.bodyBytes)
      : typeof howTo.body === 'string'
        ? howTo.body
        : JSON.stringify(howTo.body ?? requestExample(exchange))
  return { body: new TextEncoder().encode(text) }
}

/** The request example of an exchange: the one it names, or of its own name, or the operation's first. */
export function requestExample({ contract, howTo, name }: Exchange): unknown {
  const document = readDocument(contract.name)
  const examples = requestMediaOf(document).examples as Record<string, unknown>
  if (howTo.request !== undefined && !examples[howTo.request]) {
    throw new Error(`${contract.name}: there is no request example "${howTo.request}"`)
  }
  return resolve(document, (examples[howTo.request ?? name] ?? Object.values(examples)[0]) as { value?: unknown }).value
}

/** The schema of the body of a contract's first operation. */
export function requestSchemaOf(contract: Contract): unknown {
  return requestMediaOf(readDocument(contract.name)).schema
}

function requestMediaOf(document: ContractDocument): MediaNode {
  const [media] = Object.values(operationsOf(document)[0]?.operation.requestBody?.content ?? {})
  if (!media) throw new Error('the first operation has no body')
  return media
}

/** The value with what the server makes (`readOnly` in the schema) replaced by its type: ids and times compare by form. */
export function byForm(document: ContractDocument, schema: unknown, value: unknown): unknown {
  const node = resolve(document, schema as Record<string, unknown>)
  if (node.format === 'date-time' && typeof value === 'string') return value.replaceAll(/\d/g, '0')
  if (node.readOnly) return `(${typeof value})`
  if (Array.isArray(value)) return value.map((item) => byForm(document, node.items ?? {}, item))
  if (typeof value !== 'object' || value === null) return value
  const branches = [node, ...['oneOf', 'anyOf', 'allOf'].flatMap((word) => (node[word] as unknown[]) ?? [])]
  const properties = Object.assign(
    {},
    ...branches.map((branch) => resolve(document, branch as Record<string, unknown>).properties ?? {}),
  )
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, byForm(document, properties[name] ?? {}, inner)]),
  )
}

function entries(node: unknown): [string, Record<string, unknown>][] {
  return Object.entries((node ?? {}) as Record<string, Record<string, unknown>>)
}
