import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from 'openapi-backend'
import { checkout } from '../checkout.ts'
import type { Contract } from './contract.ts'

/** What the service reads in a bundled contract: OpenAPI with our extensions. */
export type ContractDocument = Document & {
  readonly info: { readonly summary?: string }
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
  readonly summary?: string
  readonly description?: string
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaNode>> }
  readonly responses: Readonly<Record<string, ResponseNode>>
  readonly 'x-provenance'?: string
  /** What no two users share, in a few words. */
  readonly 'x-unique'?: string
  readonly 'x-codeSamples'?: readonly CodeSample[]
}

/** A response of an operation, or a reference to one in `components`. */
export interface ResponseNode {
  readonly description?: string
  readonly headers?: Readonly<Record<string, object>>
  readonly content?: Readonly<Record<string, MediaNode>>
  readonly 'x-provenance'?: string
}

export interface MediaNode {
  readonly schema?: object
  readonly examples?: Readonly<Record<string, ExampleNode>>
}

/** A request as code, for a reader to copy. */
export interface CodeSample {
  readonly lang: string
  readonly label: string
  readonly source: string
}

/** An operation, and where it stands in its document. */
export interface OperationAt {
  readonly path: string
  /** In small letters. */
  readonly method: string
  readonly operation: OperationNode
}

/** A named example, or a reference to one in `components`. */
export interface ExampleNode {
  readonly value?: unknown
  readonly $ref?: string
  /** How to bring the answer about. */
  readonly 'x-exchange'?: { readonly after?: readonly string[] }
}

/** Reads `generated/<name>/openapi.json`. */
export function readDocument(name: string): ContractDocument {
  return JSON.parse(readFileSync(join(checkout, 'generated', name, 'openapi.json'), 'utf8'))
}

/** Contracts with the documents that they keep. */
export function documented(contracts: readonly Contract[]) {
  return contracts.map((contract) => ({ contract, document: readDocument(contract.name) }))
}

/** Every operation of a document, with its path and method. */
export function operationsOf(document: ContractDocument): readonly OperationAt[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OperationNode>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  )
}
