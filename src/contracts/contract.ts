import type { Issue } from './issue.ts'

/** A JSON object as a client sent it, before anything is known of its properties. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Who sent a request, as the key store knows them. */
export interface Caller {
  readonly keyId: string
  /** The contract's name for what the key may do; null where the contract has no roles. */
  readonly role: string | null
  /** The shop, account or reseller that the key belongs to; null where it belongs to none. */
  readonly tenant: string | null
}

/** What a user needs to be stored. The pipeline adds the contract, the key and the time. */
export interface NewUser {
  readonly id: string
  readonly tenant: string | null
  /** Two users of a contract never share it: the database decides. */
  readonly uniqueKey: string
  /** What is kept of the user: no password, nothing the contract ignores. */
  readonly profile: JsonObject
  /** PHC string of argon2id; null where the contract has no password. */
  readonly passwordHash: string | null
}

/** What a handler may use beside the body. */
export interface Services {
  readonly caller: Caller
  /** The parameters in the path, for a document that has such paths. */
  readonly pathParameters: Readonly<Record<string, string>>
  /** When the request was accepted. */
  readonly now: Date
  /** A UUID v7: it inserts at the end of an index. */
  readonly uuid: () => string
  /** Password → PHC string of argon2id. */
  readonly hashPassword: (password: string) => Promise<string>
}

/** What a refusal may ask: whether a user of this contract has that unique key. */
export interface Directory {
  readonly isTaken: (uniqueKey: string) => Promise<boolean>
}

/** How a client stands with a rate limit, its request counted. */
export interface Limit {
  readonly requestsMax: number
  readonly remaining: number
  readonly windowSeconds: number
  readonly resetAt: Date
  readonly retryAfterSeconds: number
}

/** Why a request ends without its handler's reply, in the order of judgement. */
export type Refusal =
  /** `allow` is empty for a path that the contract owns but does not have. */
  | { readonly kind: 'notRouted'; readonly allow: readonly string[] }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'limited'; readonly limit: Limit }
  | { readonly kind: 'unsupportedMediaType' }
  | { readonly kind: 'tooLarge'; readonly bodyBytesMax: number }
  /** The reason is a clause: "the body is not valid JSON". */
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[]; readonly body: JsonObject }
  | { readonly kind: 'requestInProgress' }
  | { readonly kind: 'idempotencyMismatch' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  | { readonly kind: 'internal' }

/** A documented answer, its contract's types erased. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A user to store: `reply` when the database took it, `duplicate` when its unique key was taken. */
export interface Creation<R extends Reply = Reply> {
  readonly user: NewUser
  readonly reply: R
  readonly duplicate: R
}

interface Operation {
  readonly requestBody?: { readonly content: object }
  readonly responses: object
}

type ValueOf<T> = T[keyof T]
type Content<T> = T extends { readonly content: infer C } ? ValueOf<C> : never

/** The validated body of an operation, its defaults filled in. */
export type BodyOf<Op extends Operation> = Content<Op['requestBody']>

/** Every documented pair of status and body of an operation. */
export type ReplyOf<Op extends Operation> = ValueOf<{
  [Status in keyof Op['responses'] & number]: {
    readonly status: Status
    readonly headers?: Readonly<Record<string, string>>
    readonly body: Content<Op['responses'][Status]>
  }
}>

/** What a handler answers: a user to store with both its replies, or a reply that stores nothing. */
export type AnswerOf<Op extends Operation> = Creation<ReplyOf<Op>> | ReplyOf<Op>

/** Who may hold a key: a role, and whether the key belongs to a tenant. */
export interface CallerRule {
  readonly role: string | null
  readonly tenant: TenantRule | null
}

/** What the id of a tenant looks like. */
export interface TenantRule {
  readonly description: string
  readonly accepts: (id: string) => boolean
  readonly example: string
}

/** So many bytes: random ones, or fixed ones for a sandbox. */
export type ByteSource = (size: number) => Buffer

/** Where a request carries its key, and what a key looks like. */
export interface Credential {
  readonly header: string
  /** The word before the key, compared without case; absent where the whole header is the key. */
  readonly scheme?: string
  /** Whether the key is accepted without that word too. */
  readonly schemeOptional?: boolean
  /** The `WWW-Authenticate` of a 401. */
  readonly challenge: string
  /** A new key in the form that the contract shows, of at least 128 bits from the source given. */
  readonly newKey: (bytes: ByteSource) => string
}

/**
 * Finds what a schema cannot say. It runs on every JSON object, also on one that the schema refuses,
 * so it looks at a property's type first; of a property that the schema refused its issues are dropped.
 */
export type Check = (body: JsonObject, means: CheckMeans) => readonly Issue[] | Promise<readonly Issue[]>

/** What a check may use beside the body. */
export interface CheckMeans {
  readonly now: Date
  /** What is wrong with a value by a component schema of the document: for inputs that travel inside a body. */
  readonly against: (schemaName: string, value: unknown) => readonly Issue[]
}

interface Slice<Operations> {
  /** Loads what only its requests need, ahead of them. One that comes before waits for it. */
  readonly prepare?: () => Promise<unknown>
  /** Reads again what the slice itself keeps of its files in `openapi/`, for a mock that watches them. */
  readonly reload?: () => Promise<void>
  /** The folder's name in `openapi/`, `generated/` and `src/contracts/`. */
  readonly name: string
  readonly credential: Credential
  /** The first rule is who gets the key of a first start. */
  readonly callers: readonly [CallerRule, ...CallerRule[]]
  readonly checks?: { readonly [Id in keyof Operations]?: Check }
  /** The contract's headers that tell of a limit. They go with the answers that the document has them on. */
  readonly limitHeaders?: (limit: Limit) => Readonly<Record<string, string>>
  /** The contract's envelope for every refusal. */
  readonly refuse: (
    refusal: Refusal,
    directory: Directory,
  ) => ReplyOf<ValueOf<Operations> & Operation> | Promise<ReplyOf<ValueOf<Operations> & Operation>>
  readonly handlers: {
    readonly [Id in keyof Operations]: (
      body: BodyOf<Operations[Id] & Operation>,
      services: Services,
    ) => Promise<AnswerOf<Operations[Id] & Operation>>
  }
}

/** A slice as the shared code sees it: the types of its own operations are erased. */
export interface Contract {
  readonly name: string
  readonly prepare?: () => Promise<unknown>
  readonly reload?: () => Promise<void>
  readonly credential: Credential
  readonly callers: readonly [CallerRule, ...CallerRule[]]
  readonly checks: Readonly<Record<string, Check | undefined>>
  readonly limitHeaders?: (limit: Limit) => Readonly<Record<string, string>>
  readonly refuse: (refusal: Refusal, directory: Directory) => Reply | Promise<Reply>
  readonly handlers: Readonly<Record<string, (body: JsonObject, services: Services) => Promise<Creation | Reply>>>
}

/**
 * Binds a slice to the generated operations of its document: an undocumented status, a wrong body
 * or a missing handler does not compile.
 */
export function defineContract<Operations>(slice: Slice<Operations>): Contract {
  // The pipeline calls a handler only with a body that its document's schema has accepted.
  return { checks: {}, ...slice } as unknown as Contract
}
