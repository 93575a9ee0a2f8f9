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

/** The address of the user that the n-th server on a database created when it started. */
export function emailAtStart(n: number): string {
  return `start${n}@example.com`
}

const account = '0b0c3f5e-8f0a-4d0e-9c55-6a4f2f0d6a01'

/** The text of the n-th request of a load. The e-mail addresses of two tags, or of two numbers, differ. */
export function requestText(kind: RequestKind, key: string, tag: string, n: number): string {
  if (kind === 'createWithPassword') {
    return post('/v2/users', `BimPlus ${key}`, JSON.stringify({ email: emailOf(tag, n), password: 'correct horse' }))
  }
  const isSame = kind === 'createTaken' || kind === 'createAtMock'
  const body = garmatBody(isSame ? emailAtStart(0) : emailOf(tag, n))
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
function emailOf(tag: string, n: number): string {
  const scattered = Math.imul(n + 1, 0x9e3779b1) >>> 0
  return `${scattered.toString(16).padStart(8, '0')}.${tag}@example.com`
}

function post(path: string, authorization: string | undefined, body: string): string {
  const credential = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${credential}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
