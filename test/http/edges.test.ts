import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Contract, Refusal } from '../../src/contracts/contract.ts'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { writeKey } from '../../src/http/read-key.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
beforeEach(() => service.store.database.deleteFrom('users').execute())
afterAll(() => service.close())

const nobody = { isTaken: async () => false }
const malformed = (reason: string): Refusal => ({ kind: 'malformed', reason })
const tooLarge: Refusal = { kind: 'tooLarge', bodyBytesMax: 102_400 }
const unsupported: Refusal = { kind: 'unsupportedMediaType' }

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** Bodies that are refused before the contract's rules are asked. */
const UNREADABLE: readonly { readonly claim: string; readonly body: string | Uint8Array; readonly refusal: Refusal }[] =
  [
    { claim: 'an empty body', body: '', refusal: malformed('the body is not valid JSON') },
    { claim: 'half an object', body: '{"name":', refusal: malformed('the body is not valid JSON') },
    { claim: 'two objects', body: '{}{}', refusal: malformed('the body is not valid JSON') },
    { claim: 'a comment', body: '{} // hello', refusal: malformed('the body is not valid JSON') },
    { claim: 'NaN', body: 'NaN', refusal: malformed('the body is not valid JSON') },
    { claim: 'an array', body: '[]', refusal: malformed('the body is not a JSON object') },
    { claim: 'an array of bodies', body: '[{}]', refusal: malformed('the body is not a JSON object') },
    { claim: 'null', body: 'null', refusal: malformed('the body is not a JSON object') },
    { claim: 'a string', body: '"text"', refusal: malformed('the body is not a JSON object') },
    { claim: 'a number', body: '1e999', refusal: malformed('the body is not a JSON object') },
    { claim: 'invalid UTF-8', body: bytes('{"a":"', [0xff], '"}'), refusal: malformed('the body is not valid UTF-8') },
    { claim: 'two BOMs', body: bytes('\ufeff\ufeff{}'), refusal: malformed('the body is not valid JSON') },
    { claim: 'nesting of 33', body: nested(33), refusal: malformed('the body nests deeper than 32 levels') },
    { claim: 'nesting of 17,000', body: nested(17_000), refusal: malformed('the body nests deeper than 32 levels') },
    {
      claim: 'arrays without end',
      body: `{"a":${'['.repeat(90_000)}`,
      refusal: malformed('the body is not valid JSON'),
    },
    { claim: '100 KiB and a byte', body: ' '.repeat(102_401), refusal: tooLarge },
    { claim: '5 MB', body: ' '.repeat(5_000_000), refusal: tooLarge },
  ]

const UNSUPPORTED: readonly Readonly<Record<string, string>>[] = [
  { 'Content-Type': 'text/plain' },
  { 'Content-Type': 'multipart/form-data; boundary=x' },
  { 'Content-Type': 'application/xml' },
  { 'Content-Type': 'application/json; charset=latin1' },
  { 'Content-Type': 'application/json; charset=utf-16' },
  { 'Content-Type': 'json' },
  { 'Content-Type': 'application/json, text/plain' },
  { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
  { 'Content-Type': 'application/json', 'Content-Encoding': 'identity' },
]

const LABELS = [
  'application/json',
  'application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
]

for (const contract of contracts) {
  describe(contract.name, () => {
    it.each(UNREADABLE)('refuses $claim', async ({ body, refusal }) => {
      const key = await service.keyFor(contract)
      const expected = await contract.refuse(refusal, nobody)
      const answer = await send(service.origin, contract, { key, body })
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: expected.status, body: expected.body })
    })

    it.each(UNSUPPORTED)('refuses a body labelled %j', async (headers) => {
      const key = await service.keyFor(contract)
      const expected = await contract.refuse(unsupported, nobody)
      const answer = await send(service.origin, contract, { key, headers, body: sampleBody(contract) })
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: expected.status, body: expected.body })
    })

    it('refuses a body without a label, unless the document says how to read it', async () => {
      const key = await service.keyFor(contract)
      const answer = await send(service.origin, contract, {
        key,
        headers: { 'Content-Type': '' },
        body: Buffer.from(JSON.stringify(sampleBody(contract))),
      })
      const [operation] = Object.values(Object.values(readDocument(contract.name).paths)[0] as object)
      const expected = await contract.refuse(unsupported, nobody)
      if (operation.requestBody['x-default-media-type']) expect(answer.status).toBeLessThan(300)
      else expect(answer.status).toBe(expected.status)
    })

    it.each(LABELS)('reads a body labelled %s', async (label) => {
      const key = await service.keyFor(contract)
      const answer = await send(service.origin, contract, {
        key,
        headers: { 'Content-Type': label },
        body: sampleBody(contract),
      })
      expect(answer.status, answer.text).toBeLessThan(300)
    })

    it('drops one leading BOM', async () => {
      const key = await service.keyFor(contract)
      const body = bytes('\ufeff', JSON.stringify(sampleBody(contract)))
      expect((await send(service.origin, contract, { key, body })).status).toBeLessThan(300)
    })

    it('takes the last of equal JSON keys', async () => {
      const key = await service.keyFor(contract)
      const body = JSON.stringify(sampleBody(contract))
      const [property] = Object.keys(sampleBody(contract))
      const doubled = `{"${property}":{"wrong":true},${body.slice(1)}`
      expect((await send(service.origin, contract, { key, body: doubled })).status).toBeLessThan(300)
    })

    it('ignores the query string and logs none of it', async () => {
      const key = await service.keyFor(contract)
      const path = `${pathOf(contract)}?token=query-marker&a[]=1&%zz`
      const answer = await send(service.origin, contract, { key, path, body: sampleBody(contract) })
      expect(answer.status, answer.text).toBeLessThan(300)
      expect(service.logged()).not.toContain('query-marker')
    })

    it('judges the credential before the body', async () => {
      const expected = await contract.refuse({ kind: 'unauthenticated' }, nobody)
      for (const { body } of UNREADABLE) {
        const answer = await send(service.origin, contract, { body })
        expect({ status: answer.status, body: answer.json() }).toEqual({ status: 401, body: expected.body })
        expect(answer.headers.get('WWW-Authenticate')).toBe(contract.credential.challenge)
      }
    })

    it('judges the media type before size and JSON', async () => {
      const key = await service.keyFor(contract)
      const expected = await contract.refuse(unsupported, nobody)
      const headers = { 'Content-Type': 'text/plain' }
      const answer = await send(service.origin, contract, { key, headers, body: 'x'.repeat(200_000) })
      expect(answer.status).toBe(expected.status)
    })

    it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('refuses %s without asking for a key', async (method) => {
      const expected = await contract.refuse({ kind: 'notRouted', allow: ['POST'] }, nobody)
      const answer = await send(service.origin, contract, { method })
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: expected.status, body: expected.body })
      if (answer.status === 405) expect(answer.headers.get('Allow')).toBe('POST')
    })

    it('answers HEAD as GET, without the body', async () => {
      const get = await send(service.origin, contract, { method: 'GET' })
      const head = await send(service.origin, contract, { method: 'HEAD' })
      expect({ status: head.status, text: head.text }).toEqual({ status: get.status, text: '' })
      expect(head.headers.get('Content-Length')).toBe(String(get.text.length))
    })

    it('answers OPTIONS without a key', async () => {
      const answer = await send(service.origin, contract, { method: 'OPTIONS' })
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
      expect(answer.headers.get('Allow')).toBe('POST')
    })

    it('has no path but its own, to the letter', async () => {
      const path = pathOf(contract)
      const variants = [
        `${path}/`,
        `/${path}`,
        path.toUpperCase(),
        path.replace(/s/, '%73'),
        `${path}%00`,
        `${path};a=1`,
        `${path}#a`,
      ]
      for (const variant of variants) {
        const key = await service.keyFor(contract)
        const { status, headers, body } = await raw(
          `POST ${variant} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(contract, key)}\r\nContent-Length: 0\r\n\r\n`,
        )
        expect(status, variant).toBe(404)
        const prefix = readDocument(contract.name)['x-owns-prefix']
        const expected =
          prefix && variant.startsWith(prefix)
            ? (await contract.refuse({ kind: 'notRouted', allow: [] }, nobody)).body
            : { type: 'about:blank', title: 'Not Found', status: 404, detail: 'No contract has this path.' }
        expect(JSON.parse(body), variant).toEqual(expected)
        expect(headers, variant).toMatch(/content-type: application\/(problem\+)?json/i)
      }
    })

    it('takes a request target with an origin', async () => {
      const key = await service.keyFor(contract)
      const body = JSON.stringify(sampleBody(contract))
      const head = `POST ${service.origin}${pathOf(contract)}?a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(contract, key)}\r\n`
      const answer = await raw(
        `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
      expect(answer.status, answer.text).toBeLessThan(300)
    })

    it('tells of a hundred mistakes at most', async () => {
      const key = await service.keyFor(contract)
      const body = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`p${index}`, 1]))
      const answer = await send(service.origin, contract, { key, body })
      expect(answer.status).toBe(400)
      expect(answer.text.length).toBeLessThan(20_000)
      expect(answer.text).toContain('p99')
      expect(answer.text).not.toContain('p100')
    })

    it('tells a client that waits to go on, once its key and label are right', async () => {
      const key = await service.keyFor(contract)
      const body = JSON.stringify(sampleBody(contract))
      const head = (credential: string) =>
        `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\n${credential}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nExpect: 100-continue\r\n`
      const welcome = await raw(`${head(`${authorization(contract, key)}\r\n`)}Connection: close\r\n\r\n`, body)
      expect(welcome.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 20[01] /)

      const refused = await raw(`${head('')}\r\n`)
      expect(refused.status).toBe(401)
      expect(refused.headers).toMatch(/connection: close/i)
    })

    it('ignores an expectation that it does not know', async () => {
      const key = await service.keyFor(contract)
      const body = JSON.stringify(sampleBody(contract))
      const answer = await raw(
        `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(contract, key)}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nExpect: miracles\r\n\r\n${body}`,
      )
      expect(answer.status, answer.text).toBeLessThan(300)
    })

    it('survives a client that leaves in mid-body', async () => {
      const key = await service.keyFor(contract)
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(service.origin).port), '127.0.0.1', () => {
          socket.write(
            `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\n${authorization(contract, key)}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"half":`,
            () => socket.destroy(),
          )
        })
        socket.on('close', () => resolve())
      })
      const answer = await send(service.origin, contract, { key, body: sampleBody(contract) })
      expect(answer.status).toBeLessThan(300)
      expect(service.logged()).not.toContain('"status":500')
    })
  })
}

it('answers an unknown path with a problem of its own', async () => {
  const response = await fetch(`${service.origin}/nowhere`)
  expect(response.status).toBe(404)
  expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'No contract has this path.',
  })
})

it('gives its refusal to a client that writes all of a large body before it reads', async () => {
  const [contract] = contracts as [Contract]
  const bodyBytes = 5_000_000
  for (let round = 0; round < 5; round++) {
    const head = `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${bodyBytes}\r\n\r\n`
    expect((await raw(head + ' '.repeat(bodyBytes))).status).toBe(401)
  }
})

it('logs no status for a client that left before its reply', async () => {
  const [contract] = contracts as [Contract]
  const key = await service.keyFor(contract)
  const id = 'left-before-its-reply'
  const socket = connect(Number(new URL(service.origin).port), '127.0.0.1')
  const head = `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${authorization(contract, key)}\r\n`
  socket.write(`${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`, () =>
    setTimeout(() => socket.destroy(), 50),
  )
  const line = () =>
    service
      .logged()
      .split('\n')
      .find((text) => text.includes(id))
  await expect.poll(line).toBeDefined()
  const logged = JSON.parse(line() ?? '')
  expect(logged).toMatchObject({ msg: 'request aborted', operation: expect.any(String) })
  expect(logged).not.toHaveProperty('status')
})

it.each([
  { sent: 'abc-123', echoed: true },
  { sent: 'a'.repeat(128), echoed: true },
  { sent: 'a'.repeat(129), echoed: false },
  { sent: 'with space', echoed: false },
  { sent: '<script>', echoed: false },
])('echoes X-Request-Id $sent: $echoed', async ({ sent, echoed }) => {
  const response = await fetch(`${service.origin}/nowhere`, { headers: { 'X-Request-Id': sent } })
  const id = response.headers.get('X-Request-Id')
  if (echoed) expect(id).toBe(sent)
  else expect(id).toMatch(/^[0-9a-f-]{36}$/)
})

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

it.each([
  { sent: `00-${TRACE}-${PARENT}-01`, valid: true },
  { sent: `00-${TRACE}-${PARENT}-00`, valid: true },
  { sent: `cc-${TRACE}-${PARENT}-01`, valid: true },
  { sent: `cc-${TRACE}-${PARENT}-01-what-comes-later`, valid: true },
  { sent: `cc-${TRACE}-${PARENT}-01.what`, valid: false },
  { sent: `00-${TRACE}-${PARENT}-01-what`, valid: false },
  { sent: `00-${TRACE}-${PARENT}-01-`, valid: false },
  { sent: `ff-${TRACE}-${PARENT}-01`, valid: false },
  { sent: `0-${TRACE}-${PARENT}-01`, valid: false },
  { sent: `00-${'0'.repeat(32)}-${PARENT}-01`, valid: false },
  { sent: `00-${TRACE}-${'0'.repeat(16)}-01`, valid: false },
  { sent: `00-${TRACE.toUpperCase()}-${PARENT}-01`, valid: false },
  { sent: `00-${TRACE.slice(1)}-${PARENT}-01`, valid: false },
  { sent: `00-${TRACE}-${PARENT}-0`, valid: false },
  { sent: `00-${TRACE}-${PARENT}`, valid: false },
  { sent: `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, valid: false },
  { sent: `cc-${TRACE}-${PARENT}-01, cc-${TRACE}-${PARENT}-01`, valid: false },
  { sent: '', valid: false },
])('logs the trace of traceparent "$sent": $valid', async ({ sent, valid }) => {
  const id = randomUUID()
  const { headers } = await fetch(`${service.origin}/nowhere`, { headers: { 'X-Request-Id': id, traceparent: sent } })
  expect(headers.get('X-Request-Id')).toBe(id)
  expect(headers.get('traceparent')).toBeNull()
  await expect.poll(service.logged).toContain(id)
  const logged = service
    .logged()
    .split('\n')
    .find((line) => line.includes(id))
  const { traceId, parentId } = JSON.parse(logged ?? '')
  expect({ traceId, parentId }).toEqual(valid ? { traceId: TRACE, parentId: PARENT } : {})
})

function authorization({ credential }: Contract, key: string): string {
  return `${credential.header}: ${writeKey(key, credential)}`
}

/** Sends text as it stands, waits for a 100 before `body` if there is one, and reads until the server closes. */
async function raw(head: string, body?: string) {
  const text = await new Promise<string>((resolve, reject) => {
    let received = ''
    const socket = connect(Number(new URL(service.origin).port), '127.0.0.1', () => socket.write(head))
    socket.on('data', (data) => {
      if (received === '' && body !== undefined) socket.write(body)
      received += data
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
  const [headers = '', content = ''] = text.split('\r\n\r\n')
  return { text, headers, body: content, status: Number(headers.split(' ')[1]) }
}
