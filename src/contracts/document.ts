import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Document } from 'openapi-backend'
import type { Contract } from './contract.ts'

/** What the service reads in a bundled contract: OpenAPI with our extensions. */
export type ContractDocument = Document & {
  readonly paths: Readonly<Record<string, object>>
  /** Unknown paths that begin so are refused by this contract. */
  readonly 'x-owns-prefix'?: string
  /** Without it nothing is limited. */
  readonly 'x-rate-limits'?: RateLimits | undefined
}

/** How often a contract may be called. */
export interface RateLimits {
  /** Each of them holds. The first is the one that clients are told of while none is used up. */
  readonly perKey: readonly RateLimit[]
  /** Requests without a valid key, counted by the address that they come from. */
  readonly failedCredentials: RateLimit
}

/** So many requests in a window of so many seconds. */
export interface RateLimit {
  readonly requests: number
  readonly seconds: number
}

/** An operation of a bundled document, as far as it is read here. */
export interface OperationNode {
  readonly operationId: string
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly examples?: Record<string, ExampleNode> }>>
  }
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>
}

/** A named example, or a reference to one in `components`. */
export interface ExampleNode {
  readonly value?: unknown
  readonly $ref?: string
}

const { resolve } = createRequire(import.meta.url)

/** Reads `generated/<name>/openapi.json`. */
export function readDocument(name: string): ContractDocument {
  return JSON.parse(readFileSync(resolve(`#generated/${name}/openapi.json`), 'utf8'))
}

/** Contracts with the documents that they keep. */
export function documented(contracts: readonly Contract[]) {
  return contracts.map((contract) => ({ contract, document: readDocument(contract.name) }))
}

/** Every operation of a document, with its path and method. */
export function operationsOf(document: ContractDocument) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OperationNode>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  )
}
