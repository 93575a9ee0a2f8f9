import fc from 'fast-check'
import type { Contract } from '../../src/contracts/contract.ts'
import { writeKey } from '../../src/http/read-key.ts'
import { pathOf } from '../support/send.ts'

/** What a hostile client sends on one connection. */
export interface Attack {
  /** What is wrong with it, or tried by it. */
  readonly kind: string
  /** The bytes, in the pieces that they are sent in. */
  readonly pieces: readonly Buffer[]
  /** How it leaves: when it has the answers, or while they are being made. */
  readonly leaves: 'answered' | 'early'
}

/** Texts that no log may have. Those of a whole body's password are in no reply and in no database either. */
export const SECRETS = { password: 'pa55-w0rd-marker', loose: 'l00se-marker', key: 'k3y-marker', query: 'qu3ry-marker' }

type Body = fc.Arbitrary<readonly [kind: string, bytes: Buffer]>

/** Attacks on a contract with a key that opens it. */
export function attacks(contract: Contract, key: string, validBody: fc.Arbitrary<unknown>): fc.Arbitrary<Attack> {
  const request = rawRequest(contract, key, bodyOf(validBody))
  const requests = fc.oneof(
    { weight: 9, arbitrary: request.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(request, { minLength: 2, maxLength: 4 }) },
  )
  const leaves = fc.oneof(
    { weight: 12, arbitrary: fc.constant('answered' as const) },
    { weight: 1, arbitrary: fc.constant('early' as const) },
  )
  return fc.tuple(requests, fc.integer({ min: 1, max: 40 }), leaves).map(([sent, cut, leaves]) => {
    const kind = sent.length > 1 ? 'pipelined' : (sent[0]?.kind ?? '')
    const bytes = Buffer.concat(sent.map((one, index) => one.bytes(index === sent.length - 1)))
    // Some come byte by byte, most at once.
    const pieces = cut > 3 ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut, cut + 1), bytes.subarray(cut + 1)]
    return { kind, pieces, leaves }
  })
}

const ODD_HEADERS = [
  'Expect: 100-continue',
  'Expect: something',
  'Idempotency-Key: once',
  'Idempotency-Key: ',
  'Idempotency-Key: "',
  `Idempotency-Key: ${'x'.repeat(300)}`,
  'X-Forwarded-For: 192.0.2.1, ::ffff:10.0.0.1, nonsense',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'traceparent: ff-0-0-0',
  'X-Request-Id: \t{"injected":1}',
  'Prefer: code=500, dynamic=true',
  'Origin: https://evil.example',
  'Accept: application/graphql-response+json;q=0.1, */*;q=2',
  `Cookie: session=${SECRETS.key}`,
  'Connection: upgrade\r\nUpgrade: websocket',
  'Host: a\r\nHost: b',
  'X-Broken\r\n folded',
  `X-Long: ${'y'.repeat(17_000)}`,
]

interface RawRequest {
  readonly kind: string
  /** The last one on its connection asks for its end. */
  readonly bytes: (isLast: boolean) => Buffer
}

function rawRequest(contract: Contract, key: string, body: Body): fc.Arbitrary<RawRequest> {
  const { header } = contract.credential
  const path = pathOf(contract)
  const mostly = <T>(usual: T, ...others: fc.Arbitrary<T>[]) =>
    fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })))

  const method = mostly('POST', fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'post', 'TRACE', 'BREW', ''))
  const target = mostly(
    `${path}?token=${SECRETS.query}`,
    fc.constantFrom(
      path,
      `http://example.com${path}`,
      `${path}/`,
      `/${path}`,
      path.toUpperCase(),
      `${path}%20`,
      `${path}\0`,
    ),
    fc.constantFrom(
      '/',
      '*',
      '/docs/garmat/',
      '/health/ready',
      '/version',
      '/../../etc/passwd',
      '/%ff',
      '/é',
      `/${'a'.repeat(20_000)}`,
    ),
    fc.webPath(),
  )
  const version = mostly('HTTP/1.1', fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.1 ', ''))
  const credential = mostly(
    `${header}: ${writeKey(key, contract.credential)}`,
    fc.constantFrom(
      '',
      `${header}: ${SECRETS.key}`,
      `${header}: Bearer ${SECRETS.key}`,
      `${header}: ${contract.credential.scheme ?? ''}`,
      `${header}: ${writeKey(key, contract.credential)}, ${SECRETS.key}`,
      `${header}: ${SECRETS.key}\r\n${header}: ${writeKey(key, contract.credential)}`,
      `${header}: Bearer ${SECRETS.key.repeat(900)}`,
      `${header} : ${SECRETS.key}`,
    ),
  )
  const label = mostly(
    'Content-Type: application/json',
    fc.constantFrom(
      '',
      'Content-Type: application/json; charset=utf-8',
      'Content-Type: application/json; charset=utf-16',
      'Content-Type: text/plain',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Type: ;;;',
      'Content-Type: application/json\r\nContent-Type: text/plain',
      'Content-Encoding: gzip\r\nContent-Type: application/json',
    ),
  )
  const odd = fc.subarray(ODD_HEADERS, { minLength: 1, maxLength: 2 })
  const any = fc
    .tuple(fc.stringMatching(/^[A-Za-z-]{1,20}$/), fc.string({ unit: 'binary-ascii', maxLength: 40 }))
    .map(([name, value]) => [`${name}: ${value}`])
  const more = mostly<readonly string[]>([], odd, odd, odd, any)
  const framing = mostly<Framing>(
    'length',
    fc.constantFrom<Framing[]>('none', 'short', 'long', 'chunked', 'badChunks', 'both', 'twice', 'negative'),
  )

  return fc
    .tuple(method, target, version, credential, label, more, body, framing)
    .map(([method, target, version, credential, label, more, [kind, content], framing]) => {
      const [head, framed] = framings[framing](content)
      const bytes = (isLast: boolean) => {
        const lines = [`${method} ${target} ${version}`, 'Host: localhost', credential, label, ...more, head]
        if (isLast) lines.push('Connection: close')
        const header = `${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`
        return Buffer.concat([Buffer.from(header, 'latin1'), framed])
      }
      const odd = framing !== 'length' ? `framing: ${framing}` : method !== 'POST' ? 'method' : kind
      return { kind: odd, bytes }
    })
}

type Framing = 'length' | 'none' | 'short' | 'long' | 'chunked' | 'badChunks' | 'both' | 'twice' | 'negative'

const framings: Readonly<Record<Framing, (body: Buffer) => readonly [head: string, body: Buffer]>> = {
  length: (body) => [`Content-Length: ${body.length}`, body],
  none: (body) => ['', body],
  short: (body) => [`Content-Length: ${Math.floor(body.length / 2)}`, body],
  long: (body) => [`Content-Length: ${body.length + 7}`, body],
  chunked: (body) => ['Transfer-Encoding: chunked', chunk(body)],
  badChunks: (body) => ['Transfer-Encoding: chunked', Buffer.from(`zz\r\n${body.toString('latin1')}\r\n-1\r\n`)],
  both: (body) => [`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked`, chunk(body)],
  twice: (body) => [`Content-Length: ${body.length}\r\nContent-Length: 3`, body],
  negative: (body) => ['Content-Length: -1', body],
}

function chunk(body: Buffer): Buffer {
  const size = Buffer.from(`${body.length.toString(16)};ext=1\r\n`)
  return Buffer.concat([size, body, Buffer.from('\r\n0\r\nTrailer: t\r\n\r\n')])
}

/** Bodies, from those that are whole to bytes that are none. */
function bodyOf(validBody: fc.Arbitrary<unknown>): Body {
  const text = validBody.map((body) => JSON.stringify(body))
  const kinds: readonly [weight: number, kind: string, fc.Arbitrary<string | Buffer>][] = [
    [2, 'whole', validBody.map((body) => JSON.stringify(withSecret(body, SECRETS.password)))],
    [
      8,
      'token changed',
      fc.tuple(text, fc.nat(), fc.nat()).map(([json, place, choice]) => changeToken(json, place, choice)),
    ],
    [4, 'text cut', fc.tuple(text, fc.nat()).map(([json, at]) => json.slice(0, at % json.length))],
    [4, 'any JSON', fc.jsonValue().map((value) => JSON.stringify(value))],
    [3, 'any object', fc.object().map((value) => JSON.stringify(value) ?? '')],
    [3, 'properties of prototypes', fc.constantFrom(...PROTOTYPES)],
    [2, 'nested', fc.integer({ min: 1, max: 5_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)],
    [2, 'GraphQL', fc.constantFrom(...QUERIES).map((query) => JSON.stringify({ query }))],
    [3, 'bytes', fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))],
    [1, 'UTF-16', text.map((json) => Buffer.from(`\uFEFF${json}`, 'utf16le'))],
    [1, 'byte order marks', text.map((json) => `\uFEFF\uFEFF${json}`)],
    [1, 'size', fc.constantFrom(0, 1, 102_399, 102_400, 102_401, 300_000).map((size) => ' '.repeat(size))],
  ]
  return fc.oneof(
    ...kinds.map(([weight, kind, arbitrary]) => ({
      weight,
      arbitrary: arbitrary.map((body) => [kind, Buffer.from(body as string)] as const),
    })),
  )
}

/** The body with each text under a name of a password replaced. */
function withSecret(value: unknown, secret: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner) => withSecret(inner, secret))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'password' ? secret : withSecret(inner, secret)]),
  )
}

const TOKENS = [
  'null',
  '""',
  '1e999',
  '-0',
  '123456789012345678901234567890',
  '"\\u0000"',
  '"\\ud800"',
  '[]',
  '{}',
  'true',
  '{"__proto__":{"admin":true}}',
  `"${SECRETS.loose}"`,
  '"\\u202e<script>"',
  `"${'x'.repeat(300)}"`,
  'nope',
  '',
]

/** The JSON with one of its texts, numbers or words replaced. */
function changeToken(json: string, place: number, choice: number): string {
  const tokens = [...json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+|true|false|null/g)]
  const token = tokens[place % tokens.length]
  if (!token) return json
  return json.slice(0, token.index) + TOKENS[choice % TOKENS.length] + json.slice(token.index + token[0].length)
}

const PROTOTYPES = [
  '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}}}',
  '{"toString":1,"hasOwnProperty":2,"valueOf":3,"then":4}',
  '{"email":"a@example.com","email":"b@example.com"}',
  '[{"__proto__":null}]',
  '{"":""}',
]

const QUERIES = [
  `{${'a{'.repeat(400)}b${'}'.repeat(401)}`,
  `mutation{${Array.from({ length: 200 }, (_, index) => `a${index}:createUser`).join(' ')}}`,
  'query A{...B} fragment B on Query{...C} fragment C on Query{...B}',
  `{_ ${'@skip(if:true)'.repeat(300)}}`,
  '{__schema{types{fields{type{fields{type{fields{type{name}}}}}}}}}',
  `mutation($user:UserCreate){createUser(user:$user)} #${'x'.repeat(50_000)}`,
  `mutation{createUser(user:{email:"a@example.com",password:"${SECRETS.loose}",admin:true})}`,
  `{__type(name:"${'\\u0000'}"){name}}`,
  'subscription{_}',
  '',
]
