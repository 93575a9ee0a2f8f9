import type { ParameterizedContext } from 'koa'

/** What is known of a request while it is under way; the log line is written from it. */
export interface RequestState {
  readonly id: string
  /** The path as it came, without the query string. */
  readonly path: string
  contract?: string
  operation?: string
  /** The fault of ours behind a 500. */
  error?: unknown
}

export type KoaContext = ParameterizedContext<RequestState>
