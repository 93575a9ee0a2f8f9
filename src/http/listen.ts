import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpTerminator } from 'http-terminator'

const graceMs = 10_000

export interface Listening {
  /** With the port that was really taken: `http://127.0.0.1:3000`. */
  readonly origin: string
  /** Lets the requests in flight finish, for up to ten seconds, and takes no more. */
  close(): Promise<void>
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
  // Node alone would answer kept-alive connections on and on, and wait for those that never sent a request.
  const { terminate } = createHttpTerminator({ server, gracefulTerminationTimeout: graceMs })
  return { origin, close: terminate }
}
