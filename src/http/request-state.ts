import type { ParameterizedContext } from 'koa'
import type { Refusal } from '../contracts/contract.ts'

/** What is known of a request while it is under way; the log line is written from it. */
export interface RequestState {
  readonly id: string
  /** The path as it came, without the query string. */
  readonly path: string
  contract?: string
  operation?: string
  /** Asked by machines, every few seconds: its log line is for debugging only. */
  isProbe?: boolean
  /** Why the contract refused the request. */
  refusal?: Refusal['kind']
  /** Which example the mock gave, and why that one. */
  example?: string
  /** Whether the reply is that of an earlier request with the same `Idempotency-Key`. */
  isRepeated?: boolean
  /** The fault of ours, or of the database, behind a 500 or a 503. */
  error?: unknown
}

export type KoaContext = ParameterizedContext<RequestState>
