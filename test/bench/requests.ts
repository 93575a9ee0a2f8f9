/** What a load sends again and again, with the statuses that may come. Any other ends the benchmark. */
export const EXPECTED = {
  create: [200],
  // Over the limit of failed credentials.
  createWithoutKey: [401, 429],
  createMalformed: [400],
  createInvalid: [400],
  createTaken: [400],
  createAtMock: [200],
  createWithPassword: [201],
} as const satisfies Record<string, readonly number[]>

export type RequestKind = keyof typeof EXPECTED

const account = '0b0c3f5e-8f0a-4d0e-9c55-6a4f2f0d6a01'

/** Which of the keys and users that are there a load asks for; in no order, and all of them. */
export interface Among {
  /** So many keys; the n-th is the load's key with n behind it. Without it there is one key. */
  readonly keys?: number
  /** So many users of the load's tag, for requests that name one who is there. */
  readonly users?: number
}

/** The text of the n-th request of a load. The e-mail addresses of two tags, or of two numbers, differ. */
export function requestText(kind: RequestKind, load: { key: string; tag: string; among?: Among }, n: number): string {
  const { tag, among = {} } = load
  const key = among.keys === undefined ? load.key : `${load.key}${scattered(n) % among.keys}`
  if (kind === 'createWithPassword') {
    return post('/v2/users', `BimPlus ${key}`, JSON.stringify({ email: emailOf(tag, n), password: 'correct horse' }))
  }
  const isThere = kind === 'createTaken' || kind === 'createAtMock'
  const body = garmatBody(emailOf(tag, isThere ? scattered(n) % (among.users ?? 1) : n))
  switch (kind) {
    case 'createWithoutKey':
      return post('/api/users', undefined, body)
    case 'createMalformed':
      return post('/api/users', `Bearer ${key}`, body.slice(0, -1))
    case 'createInvalid':
      return post('/api/users', `Bearer ${key}`, body.replace('customer_read_only', 'owner'))
    case 'create':
    case 'createTaken':
    case 'createAtMock':
      return post('/api/users', `Bearer ${key}`, body)
  }
}

/** A body that garmat's create accepts. */
export function garmatBody(email: string): string {
  return `{"account_id":"${account}","email":"${email}","name":"Ada Example","role":"customer_read_only","status":"active"}`
}

/** Addresses come in no order, as people do: an index is hit everywhere, not at its end. */
export function emailOf(tag: string, n: number): string {
  return `${scattered(n).toString(16).padStart(8, '0')}.${tag}@example.com`
}

/** Another number for each number, in no order. */
function scattered(n: number): number {
  return Math.imul(n + 1, 0x9e3779b1) >>> 0
}

function post(path: string, authorization: string | undefined, body: string): string {
  const credential = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${credential}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
