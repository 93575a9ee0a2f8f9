import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { listen } from '../../src/http/listen.ts'
import { writeKey } from '../../src/http/read-key.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'
import { startMock, startService } from '../support/start-service.ts'

const [contract] = contracts as [Contract]
let server: Awaited<ReturnType<typeof startMock>>
let sockets: Client[]
beforeEach(() => {
  sockets = []
})
afterEach(async () => {
  for (const { socket } of sockets) socket.destroy()
  await server.close()
})

interface Client {
  readonly socket: Socket
  readonly received: () => string
  /** What was received when the server closed the connection. */
  readonly closed: Promise<string>
}

/** Opens a connection and sends text as it stands. */
function open(text = ''): Client {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (data) => {
    received += data
  })
  // A connection that the server cuts off ends with an error or without.
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
  if (text) socket.write(text)
  const client = { socket, received: () => received, closed }
  sockets.push(client)
  return client
}

const getNowhere = 'GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n'

async function postHead(headers = ''): Promise<string> {
  const { header } = contract.credential
  const key = writeKey(await server.keyFor(contract), contract.credential)
  return `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\n${header}: ${key}\r\nContent-Type: application/json\r\n${headers}`
}

async function expectService(): Promise<void> {
  const key = await server.keyFor(contract)
  const { status } = await send(server.origin, contract, { key, body: sampleBody(contract) })
  expect(status).toBe(201)
}

// Of the two bounds one is meant: the other is out of reach.
const LATE_HEADER = { headerMsMax: 200, requestMsMax: 120_000 }
const LATE_BODY = { headerMsMax: 300, requestMsMax: 300 }

it.each([
  { claim: 'no request', bounds: LATE_HEADER, text: async () => '' },
  { claim: 'half a header', bounds: LATE_HEADER, text: async () => 'POST /api HTTP/1.1\r\nHost' },
  { claim: 'half a second header', bounds: LATE_HEADER, text: async () => `${getNowhere}POST /api HTTP/1.1\r\nHost` },
  { claim: 'half a body', bounds: LATE_BODY, text: () => postHead('Content-Length: 100\r\n\r\n{"name":') },
])('gives up a client that sends $claim, with a bare 408', async ({ bounds, text }) => {
  server = await startService({ bounds })
  const answer = await open(await text()).closed
  expect(answer.slice(answer.lastIndexOf('HTTP/1.1'))).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  await expectService()
})

it.each([
  { claim: 'header', bounds: LATE_HEADER, head: async () => 'POST /api HTTP/1.1\r\nHost: ' },
  { claim: 'body', bounds: LATE_BODY, head: () => postHead('Content-Length: 100000\r\n\r\n') },
])('is not kept busy by a $claim that comes a byte at a time', async ({ bounds, head }) => {
  server = await startService({ bounds })
  const { socket, closed } = open(await head())
  const drip = setInterval(() => socket.write(' '), 20)
  expect(await closed).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  clearInterval(drip)
})

describe.each([
  { name: 'service', start: () => startService() },
  { name: 'mock', start: () => startMock() },
])('the $name', ({ start }) => {
  it('refuses a header over 16 KiB with a bare 431, and takes a long one', async () => {
    server = await start()
    const body = JSON.stringify(sampleBody(contract))
    const rest = `Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    const oversized = open(`${await postHead(`X-Long: ${'a'.repeat(16_384)}\r\n`)}${rest}`)
    expect(await oversized.closed).toBe('HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n')
    const long = open(`${await postHead(`X-Long: ${'a'.repeat(15_000)}\r\n`)}${rest}`)
    expect(await long.closed).toMatch(/^HTTP\/1\.1 201 /)
  })
})

it('closes connections over their number at once, serves the others, and takes new ones when there is room', async () => {
  server = await startService({ bounds: { connectionsMax: 3 } })
  const served = [open(getNowhere), open(getNowhere), open(getNowhere)]
  await expect.poll(() => served.every(({ received }) => received().includes('404 Not Found'))).toBe(true)
  expect(await open(getNowhere).closed).toBe('')
  expect(await open(getNowhere).closed).toBe('')
  for (const { socket } of served) socket.write(getNowhere)
  await expect.poll(() => served.every(({ received }) => received().split('404 Not Found').length === 3)).toBe(true)
  served[0]?.socket.destroy()
  await served[0]?.closed
  await expect.poll(() => expectService().then(() => 'served', String)).toBe('served')
})

it('tells of a shorter patience with idle connections than it has', async () => {
  server = await startService()
  const { headers } = await send(server.origin, contract, { body: {} })
  expect(headers.get('Keep-Alive')).toBe('timeout=5')
})

it('makes room by closing connections that are idle', async () => {
  server = await startService({ bounds: { connectionsMax: 3, idleMsMax: 200 } })
  const idle = [open(getNowhere), open(getNowhere), open(getNowhere)]
  for (const { closed } of idle) expect(await closed).toContain('404 Not Found')
  await expectService()
})

it('cuts off a client that does not read its reply', async () => {
  let cutOff = false
  const listening = await listen(
    (_, response) => {
      response.on('close', () => {
        cutOff = true
      })
      response.end(' '.repeat(50_000_000))
    },
    '127.0.0.1',
    0,
    { stuckMsMax: 200 },
  )
  server = { ...listening, keyFor: async () => 'any', logged: () => '' }
  const { socket, closed } = open(getNowhere)
  socket.pause()
  await expect.poll(() => cutOff).toBe(true)
  socket.resume()
  expect((await closed).length).toBeLessThan(50_000_000)
})
