// The load, in a process of its own: options as JSON in the argument, the result as JSON on stdout.
import { connect, type Socket } from 'node:net'
import { cpuSecondsOfFamily } from './cpu.ts'
import { EXPECTED, requestText } from './requests.ts'
import type { LoadOptions, LoadResult } from './run-load.ts'

const options: LoadOptions = JSON.parse(process.argv[2] ?? '')
const { servers, connections, kind, perSecond } = options
const expected: readonly number[] = EXPECTED[kind]

// A histogram of latencies: memory does not grow with a run. What takes longer than its end counts as its end.
const bucketMs = 0.01
const latencies = new Uint32Array(2_000_000)
const statuses: Record<number, number> = {}
let phase: 'warm' | 'measured' | 'draining' = 'warm'
let sent = 0
let inFlight = 0
let measured = 0

interface Connection {
  readonly socket: Socket
  dueAt: number
  isBusy: boolean
  received: string
}

const all: Connection[] = []
/** With a rate: connections that wait for work, and the times of requests that wait for a connection. */
const idle: Connection[] = []
const due: number[] = []

function open(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', resolve).setNoDelay(true).setEncoding('latin1')
    const connection: Connection = { socket, dueAt: 0, isBusy: false, received: '' }
    socket.on('error', reject)
    socket.on('close', () => {
      if (phase !== 'draining' || connection.isBusy) fail(new Error(`port ${port} closed a connection`))
    })
    socket.on('data', (chunk) => receive(connection, String(chunk)))
    all.push(connection)
  })
}

function send(connection: Connection, dueAt: number): void {
  connection.dueAt = dueAt
  connection.isBusy = true
  inFlight++
  connection.socket.write(requestText(kind, options, sent++), 'latin1')
}

function receive(connection: Connection, chunk: string): void {
  connection.received += chunk
  const { received } = connection
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return
  const head = received.slice(0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) fail(new Error(`an answer without Content-Length:\n${head}`))
  const missing = headEnd + 4 + Number(length) - received.length
  if (missing > 0) return
  if (missing < 0) fail(new Error('an answer is longer than its Content-Length'))

  const status = Number(received.slice(9, 12))
  if (!expected.includes(status)) fail(new Error(`status ${status} where ${expected} was expected:\n${received}`))
  connection.received = ''
  connection.isBusy = false
  inFlight--
  statuses[status] = (statuses[status] ?? 0) + 1
  if (phase === 'measured') {
    measured++
    const bucket = Math.min(latencies.length - 1, Math.floor((performance.now() - connection.dueAt) / bucketMs))
    latencies[bucket] = (latencies[bucket] ?? 0) + 1
  }
  next(connection)
}

function next(connection: Connection): void {
  if (phase === 'draining') return
  const dueAt = perSecond === undefined ? performance.now() : due.shift()
  if (dueAt === undefined) idle.push(connection)
  else send(connection, dueAt)
}

/** Sends so many requests a second, whether or not the server keeps up: a late request counts from when it was due. */
function pace(rate: number): void {
  const started = performance.now()
  let made = 0
  const timer = setInterval(() => {
    if (phase === 'draining') return clearInterval(timer)
    const now = performance.now()
    for (; made < ((now - started) / 1000) * rate; made++) {
      const dueAt = started + (made / rate) * 1000
      const connection = idle.shift()
      if (connection) send(connection, dueAt)
      else due.push(dueAt)
    }
  }, 1)
}

function percentile(share: number): number {
  let left = Math.ceil(measured * share)
  for (const [bucket, count] of latencies.entries()) {
    left -= count
    if (left <= 0) return Number(((bucket + 1) * bucketMs).toFixed(2))
  }
  return Number.NaN
}

function fail(error: Error): never {
  console.error(error.message)
  process.exit(1)
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}

const cpuSeconds = () => servers.reduce((sum, { pid }) => sum + cpuSecondsOfFamily(pid), 0)
const databaseSeconds = () => (options.databasePid === undefined ? Number.NaN : cpuSecondsOfFamily(options.databasePid))

for (let n = 0; n < connections; n++) await open(servers[n % servers.length]?.port ?? 0)
for (const connection of all) next(connection)
if (perSecond !== undefined) pace(perSecond)

await sleep(options.warmSeconds)
const before = { cpu: cpuSeconds(), database: databaseSeconds(), own: process.cpuUsage(), at: performance.now() }
phase = 'measured'
await sleep(options.seconds)
const seconds = (performance.now() - before.at) / 1000
const own = process.cpuUsage(before.own)
const perRequest = (cpu: number) => Number(((cpu / measured) * 1_000_000).toFixed(1))
const counted = {
  requestsPerSecond: Math.round(measured / seconds),
  cpuMicros: perRequest(cpuSeconds() - before.cpu),
  databaseMicros: perRequest(databaseSeconds() - before.database),
  loadBusy: Number(((own.user + own.system) / 1_000_000 / seconds).toFixed(2)),
}
phase = 'draining'
// What was sent is waited for: it may have been stored.
while (inFlight > 0) await sleep(0.005)
for (const { socket } of all) socket.end()

const result: LoadResult = { ...counted, p50Ms: percentile(0.5), p99Ms: percentile(0.99), statuses }
console.log(JSON.stringify(result))
