import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpTerminator } from 'http-terminator'

const graceMs = 10_000
const headerBytesMax = 16_384

/** What a client may take up of a server. */
export interface Bounds {
  /** Further connections are closed as they come. */
  readonly connectionsMax: number
  /** From the connection, or the first byte of a further request, to the end of its header. */
  readonly headerMsMax: number
  /** The same, to the end of its body. */
  readonly requestMsMax: number
  /** Between two requests. */
  readonly idleMsMax: number
  /** While the client takes nothing of a reply. */
  readonly stuckMsMax: number
}

const BOUNDS: Bounds = {
  connectionsMax: 1_024,
  headerMsMax: 10_000,
  requestMsMax: 30_000,
  // Short, so that a house full of idle connections has room again before a client loses its patience. Clients are told of whole
  // seconds: they leave first, and send nothing on a connection that is being closed.
  idleMsMax: 5_900,
  stuckMsMax: 60_000,
}

export interface Listening {
  /** With the port that was really taken: `http://127.0.0.1:3000`. */
  readonly origin: string
  /** Lets the requests in flight finish, for up to ten seconds, and takes no more. */
  close(): Promise<void>
}

/** Serves on a host and port; port 0 takes a free one. What breaks a bound, Node refuses itself (408, 431) or cuts off. */
export async function listen(
  handle: RequestListener,
  host: string,
  port: number,
  bounds: Partial<Bounds> = {},
): Promise<Listening> {
  const { connectionsMax, headerMsMax, requestMsMax, idleMsMax, stuckMsMax } = { ...BOUNDS, ...bounds }
  const options = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: headerMsMax,
    requestTimeout: requestMsMax,
    keepAliveTimeout: idleMsMax,
    // Node looks for late requests now and then only.
    connectionsCheckingInterval: headerMsMax / 10,
  }
  const server = createServer(options, handle)
  server.maxConnections = connectionsMax
  server.timeout = stuckMsMax
  server.on('checkContinue', (request, response) => {
    // The pipeline tells such a client to go on when it wants the body. Refused before that, the client may send
    // its body or not, so the connection cannot be used again.
    response.setHeader('Connection', 'close')
    handle(request, response)
  })
  // An expectation that nobody knows is ignored.
  server.on('checkExpectation', handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const taken = (server.address() as AddressInfo).port
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
  // Node alone would answer kept-alive connections on and on, and wait for those that never sent a request.
  const { terminate } = createHttpTerminator({ server, gracefulTerminationTimeout: graceMs })
  return { origin, close: terminate }
}
