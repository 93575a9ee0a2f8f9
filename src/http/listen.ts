import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  /** With the port that was really taken: `http://127.0.0.1:3000`. */
  readonly origin: string
  /** Lets the requests in flight finish, for so long, then ends every connection. */
  close(graceMs: number): Promise<void>
}

/** Serves on a host and port; port 0 takes a free one. */
export async function listen(handle: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(handle)
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
  return { origin, close: (graceMs) => close(server, graceMs) }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(deadline)
}
