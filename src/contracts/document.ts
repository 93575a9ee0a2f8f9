import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Document } from 'openapi-backend'

/** What the service reads in a bundled contract: OpenAPI with our extensions. */
export type ContractDocument = Document & {
  readonly paths: Readonly<Record<string, object>>
  /** Unknown paths that begin so are refused by this contract. */
  readonly 'x-owns-prefix'?: string
}

const { resolve } = createRequire(import.meta.url)

/** Reads `generated/<name>/openapi.json`. */
export function readDocument(name: string): ContractDocument {
  return JSON.parse(readFileSync(resolve(`#generated/${name}/openapi.json`), 'utf8'))
}
