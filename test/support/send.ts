import type { Contract } from '../../src/contracts/contract.ts'
import { readDocument } from '../../src/contracts/document.ts'
import { writeKey } from '../../src/http/read-key.ts'
import { exchangesOf, requestExample } from './exchanges.ts'

/** The path of a contract's first operation. */
export function pathOf(contract: Contract): string {
  return Object.keys(readDocument(contract.name).paths)[0] as string
}

/** A body that the contract accepts: its first request example. */
export function sampleBody(contract: Contract): Record<string, unknown> {
  const [exchange] = exchangesOf(contract)
  if (!exchange) throw new Error(`${contract.name} has no exchange`)
  return requestExample({ ...exchange, howTo: {}, name: '' }) as Record<string, unknown>
}

interface Sent {
  readonly key?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly path?: string
}

/** Sends a request to a contract; text and bytes as they are, anything else as JSON. A header of '' is left out. */
export async function send(origin: string, contract: Contract, { key, body, headers, method, path }: Sent) {
  const all = {
    'Content-Type': 'application/json',
    ...(key === undefined ? {} : { [contract.credential.header]: writeKey(key, contract.credential) }),
    ...headers,
  }
  const bytes =
    body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  const response = await fetch(`${origin}${path ?? pathOf(contract)}`, {
    method: method ?? 'POST',
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { body: bytes }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown }
}
