import type { ValidateFunction } from 'ajv'
import { OpenAPIBackend, type Operation, type Request } from 'openapi-backend'
import type { Caller, Contract, Directory, JsonObject, Limit, Refusal, Reply } from '../contracts/contract.ts'
import type { ContractDocument } from '../contracts/document.ts'
import type { Issue } from '../contracts/issue.ts'
import { ajv } from './ajv.ts'
import { bucketOf } from './bucket-of.ts'
import { type Count, countRequest } from './count-request.ts'
import { endOfTurn } from './end-of-turn.ts'
import { fitsPath } from './fits-path.ts'
import { judge } from './judge.ts'
import { preferredType } from './preferred-type.ts'
import { type RequestBody, readBody } from './read-body.ts'
import { readKey } from './read-key.ts'
import { Refused } from './refused.ts'
import type { KoaContext } from './request-state.ts'
import { toIssues } from './to-issues.ts'
import { type Validate, validateLean } from './validate-lean.ts'

/** What stands behind the contracts: for the service, the store. */
export interface Backing {
  readonly now: () => Date
  /** Who holds this key of this contract; undefined for nobody. */
  readonly authenticate: (contract: Contract, key: string) => Promise<Caller | undefined>
  readonly directory: (contract: Contract) => Directory
  /** Counts requests against the document's limits; without it nothing is limited. */
  readonly count?: Count
  /** The refusal that an error behind it amounts to; undefined for a fault, and without it every error is one. */
  readonly refusedFor?: (error: unknown) => Refused | undefined
  /** The reply to a request that nothing refused. */
  readonly answer: (accepted: Accepted) => Promise<Reply>
}

/** A request that its contract accepts. */
export interface Accepted {
  readonly contract: Contract
  readonly operation: Operation
  readonly koa: KoaContext
  readonly body: JsonObject
  readonly caller: Caller
  readonly pathParameters: Readonly<Record<string, string>>
  readonly now: Date
  /** Throws unless the document has this reply: what a handler answers is checked before anything is stored. */
  readonly demandDocumented: (reply: Reply) => void
}

/** What a request is for, and what finds its mistakes. */
interface Target {
  readonly operation: Operation
  readonly validate: Validate
}

/** One request under way. The steps fill it in. */
interface Exchange {
  readonly koa: KoaContext
  /** What openapi-backend routes and validates. The body joins it once the caller is known. */
  readonly request: Request
  operation?: Operation
  caller?: Caller
  limit?: Limit
}

/** Answers a request to a path of the contract, refusals included. */
export type Serve = (koa: KoaContext) => Promise<Reply>

/** Routes, authenticates, reads, validates and answers the requests of one contract, in that order. */
export async function serveContract(contract: Contract, document: ContractDocument, backing: Backing): Promise<Serve> {
  const api = new OpenAPIBackend({
    definition: document,
    // Quick mode compiles a validator on first use, and leaves out the check against OpenAPI 3.0: lint has done it.
    quick: true,
    strict: true,
    ignoreTrailingSlashes: false,
    customizeAjv: () => ajv as never,
  })
  await api.init()
  const operations = api.getOperations()
  // openapi-backend builds its list of operations anew for each match. What it says of the document's own paths is kept.
  const matched = new Map(
    operations.map(({ method, path }) => [`${method} ${path}`, targetOf({ method, path, headers: {} })]),
  )

  function targetOf(request: Request): Target | undefined {
    const operation = api.matchOperation(request)
    return operation && { operation, validate: validateLean(api, operation) }
  }

  async function answer(exchange: Exchange): Promise<Reply> {
    const { koa, request } = exchange
    const target = matched.get(`${request.method} ${request.path}`) ?? targetOf(request)
    if (!target) return answerUnrouted(request)
    const { operation, validate } = target
    exchange.operation = operation
    koa.state.operation = String(operation.operationId)

    const key = readKey(koa.req.headers, contract.credential)
    const caller = key === undefined ? undefined : await backing.authenticate(contract, key)
    if (caller) exchange.caller = caller
    await demandWithinLimits(exchange)
    // Before anything is said of the body: a caller without a key learns nothing about it.
    if (!caller) return refuse({ kind: 'unauthenticated' })

    if (operation.requestBody) request.body = await readBody(koa, operation.requestBody as RequestBody)
    const body: JsonObject = request.body ?? {}
    const now = backing.now()
    const issues = await judge(body, validate(request), contract.checks[koa.state.operation], { now, against })
    if (issues.length > 0) return refuse({ kind: 'invalid', issues, body })

    const hasParameters = operation.path.includes('{')
    const pathParameters = hasParameters
      ? (api.router.parseRequest(request, operation).params as Record<string, string>)
      : {}
    const demandDocumented = (reply: Reply) => demandInDocument(reply, operation)
    return backing.answer({ contract, operation, koa, body, caller, pathParameters, now, demandDocumented })
  }

  function answerUnrouted({ method, path }: Request): Reply {
    const allow = operationsAt(path).map((operation) => operation.method.toUpperCase())
    if (method !== 'options' || allow.length === 0) return refuse({ kind: 'notRouted', allow })
    return { status: 204, headers: { Allow: allow.join(', ') }, body: undefined }
  }

  /** Refuses what is over a limit. A valid key does not suffer for the failed credentials of its address. */
  async function demandWithinLimits(exchange: Exchange): Promise<void> {
    const limits = document['x-rate-limits']
    if (!backing.count || !limits) return
    const { caller, koa } = exchange
    const [name, applied] = caller
      ? [`${contract.name} key ${caller.keyId}`, limits.perKey]
      : [`${contract.name} address ${bucketOf(koa.ip)}`, [limits.failedCredentials]]
    const { limit, isOver } = await countRequest(backing.count, name, applied, backing.now())
    exchange.limit = limit
    if (isOver) refuse({ kind: 'limited', limit })
  }

  function demandInDocument(reply: Reply, operation: Operation): void {
    const documented = Object.hasOwn(operation.responses ?? {}, String(reply.status))
    const { errors } = api.validateResponse(reply.body, operation, reply.status)
    if (documented && !errors) return
    // Rules and places only: the values are a user's.
    const broken = errors?.map(({ instancePath, keyword }) => `${instancePath || '/'} ${keyword}`).join(', ')
    throw new Error(`${contract.name} answered ${reply.status} outside its contract: ${broken ?? 'unknown status'}`)
  }

  const compiled = new Map<string, ValidateFunction>()
  function against(schemaName: string, value: unknown): readonly Issue[] {
    const schema = api.definition.components?.schemas?.[schemaName]
    if (!schema) throw new Error(`${contract.name} has no schema ${schemaName}`)
    const validate = compiled.get(schemaName) ?? ajv.compile({ type: 'object', properties: { value: schema } })
    compiled.set(schemaName, validate)
    return validate({ value }) ? [] : toIssues(validate.errors ?? [])
  }

  /** The reply to a request that was refused, or failed. */
  async function replyInPlaceOf(koa: KoaContext, error: unknown): Promise<Reply> {
    // Refusals of one turn leave together: each that leaves alone wakes a client, which takes longer than to make it.
    await endOfTurn()
    try {
      return await replyTo(koa, refusedFor(error))
    } catch (fault) {
      // What words a refusal may ask the store.
      return replyTo(koa, refusedFor(fault))
    }
  }

  function refusedFor(error: unknown): Refused {
    if (error instanceof Refused) return error
    return backing.refusedFor?.(error) ?? new Refused({ kind: 'internal' }, { cause: error })
  }

  /** The contract's reply to a refusal, with the headers that HTTP demands of it. */
  async function replyTo(koa: KoaContext, { refusal, cause }: Refused): Promise<Reply> {
    const reply = await contract.refuse(refusal, backing.directory(contract))
    // A fault is no refusal: the log and the metrics tell it by its status.
    if (refusal.kind !== 'internal') koa.state.refusal = refusal.kind
    koa.state.error = cause
    if (reply.status === 401) koa.res.setHeader('WWW-Authenticate', contract.credential.challenge)
    if (reply.status === 405 && 'allow' in refusal) koa.res.setHeader('Allow', refusal.allow.join(', '))
    if ('limit' in refusal) koa.res.setHeader('Retry-After', String(refusal.limit.retryAfterSeconds))
    if ('retryAfterSeconds' in refusal) koa.res.setHeader('Retry-After', String(refusal.retryAfterSeconds))
    return reply
  }

  function operationsAt(path: string): Operation[] {
    return operations.filter((operation) => fitsPath(operation.path, path))
  }

  /** Of the media types that the document has for a status, the one the client prefers, else the first. */
  function mediaTypeOf({ koa, request, operation = operationsAt(request.path)[0] }: Exchange, status: number): string {
    const response = operation?.responses?.[status]
    const types = response && 'content' in response ? Object.keys(response.content ?? {}) : []
    return preferredType(koa, types) ?? 'application/json'
  }

  /** Sets the headers that tell of the limit, as far as the document has them for a status. */
  function tellLimit({ koa, operation, limit }: Exchange, status: number): void {
    if (!limit || !contract.limitHeaders) return
    const response = operation?.responses?.[status]
    const documented = response && 'headers' in response ? (response.headers ?? {}) : {}
    for (const [name, value] of Object.entries(contract.limitHeaders(limit))) {
      if (Object.hasOwn(documented, name)) koa.res.setHeader(name, value)
    }
  }

  return async (koa) => {
    const exchange: Exchange = {
      koa,
      request: {
        method: koa.method.toLowerCase(),
        path: koa.state.path,
        headers: koa.req.headers as Record<string, string>,
      },
    }
    const reply = await answer(exchange).catch((error) => replyInPlaceOf(koa, error))
    koa.res.setHeader('Content-Type', mediaTypeOf(exchange, reply.status))
    tellLimit(exchange, reply.status)
    return reply
  }
}

function refuse(refusal: Refusal): never {
  throw new Refused(refusal)
}
