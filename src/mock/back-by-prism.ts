import type { IHttpConfig, IHttpRequest } from '@stoplight/prism-http'
import type { Contract, Reply } from '../contracts/contract.ts'
import type { Served } from '../http/create-route.ts'
import { preferredType } from '../http/preferred-type.ts'
import { problem } from '../http/problem.ts'
import type { Accepted, Backing } from '../http/serve-contract.ts'
import { type Choice, choicesOf, chooseExample } from './choose-example.ts'
import { loadPrism } from './load-prism.ts'
import { readWish } from './read-wish.ts'

export interface MockOptions {
  /** Make up values by the schema where a client does not ask for examples. */
  readonly dynamic: boolean
  /** The same seed makes up the same values. */
  readonly seed: string | undefined
}

const CONFIG: IHttpConfig = {
  isProxy: false,
  upstreamProxy: undefined,
  // The pipeline in front has judged the request.
  validateRequest: false,
  validateResponse: false,
  checkSecurity: false,
  errors: false,
  mock: { dynamic: false },
}

/** The mock behind the contracts: any credential opens them, nobody is a user, and Prism answers from the documents. */
export async function backByPrism(served: readonly Served[], options: MockOptions): Promise<Backing> {
  const { createInstance, getHttpOperationsFromSpec } = loadPrism()
  const prism = createInstance(CONFIG, { logger: silent() })
  const operations = new Map<Contract, Awaited<ReturnType<typeof getHttpOperationsFromSpec>>>()
  for (const { contract, document } of served) {
    operations.set(contract, await getHttpOperationsFromSpec(document as object))
  }
  // An example is the same each time it is asked for.
  const examples = new Map<string, Reply>()

  async function ask({ contract, operation, koa }: Accepted, choice: Choice, dynamic: boolean): Promise<Reply> {
    const { status: code, mediaType, example } = choice
    const key = [contract.name, operation.operationId, code, mediaType, example].join(' ')
    const known = dynamic ? undefined : examples.get(key)
    if (known) return known

    const request = {
      method: koa.method.toLowerCase() as IHttpRequest['method'],
      url: { path: koa.state.path, query: {} },
      headers: { accept: mediaType },
      body: {},
    }
    const mock = {
      dynamic,
      code,
      mediaTypes: [mediaType],
      ...(!dynamic && { exampleKey: example }),
      ...(options.seed !== undefined && { seed: options.seed }),
    }
    const result = await prism.request(request, operations.get(contract) ?? [], { ...CONFIG, mock })()
    if (result._tag === 'Left') throw new Error(`Prism has no answer for ${key}`, { cause: result.left })

    const { statusCode, headers = {}, body } = result.right.output
    const strings = Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== 'content-type')
      .map(([name, value]) => [name, String(value)])
    const reply = { status: statusCode, headers: { ...Object.fromEntries(strings), 'Content-Type': mediaType }, body }
    if (!dynamic) examples.set(key, reply)
    return reply
  }

  return {
    now: () => new Date(),
    authenticate: async ({ callers: [{ role, tenant }] }) => ({ keyId: 'any', role, tenant: tenant?.example ?? null }),
    directory: () => ({ isTaken: async () => false }),

    async answer(accepted) {
      const { koa, operation } = accepted
      const wish = readWish(koa.get('Prefer'))
      const choices = choicesOf(operation)
      const choice = chooseExample(choices, wish, (types) => preferredType(koa, types))
      if (!choice) return notOffered(choices)

      const dynamic = wish.dynamic ?? (options.dynamic && wish.example === undefined)
      const reply = await ask(accepted, choice, dynamic)
      const applied = Object.entries(wish).map(([name, value]) => `${name}=${value}`)
      const asked = applied.length > 0 ? `asked for by ${applied.join(', ')}` : 'the first of its status'
      koa.state.example = dynamic
        ? `${choice.status} made up, ${asked}`
        : `${choice.status} ${choice.example}, ${asked}`
      if (applied.length === 0) return reply
      return { ...reply, headers: { ...reply.headers, 'Preference-Applied': applied.join(', ') } }
    },
  }
}

/** Our own error, since no vendor has one for it: what could have been asked for. */
function notOffered(choices: readonly Choice[]): Reply {
  const offered = new Map<number, Set<string>>()
  for (const { status, example } of choices) {
    offered.set(status, (offered.get(status) ?? new Set()).add(example))
  }
  const offers = Object.fromEntries([...offered].map(([status, names]) => [status, [...names]]))
  const reply = problem(404, 'The operation has no such status, example, or pair of them. It has those in `offers`.')
  return { ...reply, body: { ...(reply.body as object), offers } }
}

/** Prism tells every step of its choice to a logger. The request's own line says it once. */
function silent() {
  const ignore = () => {}
  const logger = {
    info: ignore,
    warn: ignore,
    error: ignore,
    debug: ignore,
    trace: ignore,
    fatal: ignore,
    success: ignore,
  }
  return { ...logger, child: () => silent() } as never
}
