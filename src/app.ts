import Koa from 'koa'
import { v4 as randomUuid } from 'uuid'
import type { Contract } from './contracts/contract.ts'
import { readDocument } from './contracts/document.ts'
import { fitsPath } from './http/fits-path.ts'
import { logRequest } from './http/log-request.ts'
import { problem } from './http/problem.ts'
import type { RequestState } from './http/request-state.ts'
import { type Backing, type Serve, serveContract } from './http/serve-contract.ts'
import { write } from './http/write.ts'
import type { Log } from './log.ts'

const SANE_ID = /^[\w.:-]{1,128}$/

/** The contracts as one Koa application. It listens to nothing and opens no database. */
export async function createApp(
  contracts: readonly Contract[],
  backing: Backing,
  log: Log,
): Promise<Koa<RequestState>> {
  const ownerOf = await createRoute(contracts, backing)
  const app = new Koa<RequestState>()
  // What fails after a reply has begun, such as a connection: nobody is left to answer.
  app.on('error', (error) => log.debug({ err: error }, 'connection failed'))

  app.use(async (koa) => {
    const id = koa.get('X-Request-Id')
    // The raw path: nothing decoded, nothing folded, no query string.
    koa.state = { id: SANE_ID.test(id) ? id : randomUuid(), path: koa.url.split('?', 1)[0] ?? '' }
    koa.set('X-Request-Id', koa.state.id)
    logRequest(koa, log)

    const owner = ownerOf(koa.state.path)
    if (owner) koa.state.contract = owner.name
    write(koa, owner ? await owner.serve(koa) : problem(404, 'No contract has this path.'))
  })
  return app
}

interface Owner {
  readonly name: string
  readonly paths: readonly string[]
  readonly prefix: string | undefined
  readonly serve: Serve
}

/** Which contract owns a path: by its exact text, then by a template with parameters, then by a prefix it claims. */
async function createRoute(
  contracts: readonly Contract[],
  backing: Backing,
): Promise<(path: string) => Owner | undefined> {
  const owners = await Promise.all(
    contracts.map(async (contract): Promise<Owner> => {
      const document = readDocument(contract.name)
      const serve = await serveContract(contract, document, backing)
      return { name: contract.name, paths: Object.keys(document.paths), prefix: document['x-owns-prefix'], serve }
    }),
  )
  const exact = new Map(owners.flatMap((owner) => owner.paths.map((path) => [path, owner])))
  return (path) =>
    exact.get(path) ??
    owners.find(({ paths }) => paths.some((template) => fitsPath(template, path))) ??
    owners.find(({ prefix }) => prefix !== undefined && path.startsWith(prefix))
}
