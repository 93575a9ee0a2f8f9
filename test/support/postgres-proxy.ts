import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What a network can do to the answer of an insert that the server has carried out. */
type Fate = 'delivered' | 'lost with its connection' | 'never delivered'

/** A way to a PostgreSQL that can fail. */
export interface PostgresProxy {
  /** The database's URL by this way. */
  readonly url: string
  /** What happens to the answer of the next insert of a user; those after it are delivered. */
  readonly decide: (fate: Fate) => void
  /** From now on nothing gets through, in either direction, though connections open and stay; or everything again. */
  readonly hang: (isHanging: boolean) => void
  /** How many connections are open. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

/** Listens on a free port in front of the database. */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let nextFate: Fate = 'delivered'
  let isHanging = false

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    let fate: Fate = 'delivered'
    client.on('data', (bytes) => {
      if (isHanging) return
      if (bytes.includes('insert into "users"')) {
        fate = nextFate
        nextFate = 'delivered'
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (isHanging) return
      if (fate === 'delivered') client.write(bytes)
      // The server answers when it has committed.
      if (fate === 'lost with its connection') client.destroy()
    })
    open.add(client)
    client.on('close', () => {
      open.delete(client)
      server.destroy()
    })
    server.on('close', () => client.destroy())
    for (const socket of [client, server]) socket.on('error', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  return {
    url: url.href,
    decide: (fate) => {
      nextFate = fate
    },
    hang: (hanging) => {
      isHanging = hanging
    },
    connections: () => open.size,
    async close() {
      for (const client of open) client.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
