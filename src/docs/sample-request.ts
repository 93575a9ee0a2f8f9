import type { Contract } from '../contracts/contract.ts'
import type { ContractDocument, OperationAt } from '../contracts/document.ts'
import { resolve } from '../contracts/resolve.ts'
import { writeKey } from '../http/read-key.ts'

/** A request that a contract accepts. */
export interface SampleRequest {
  /** In capitals. */
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Undefined for an operation without a body. */
  readonly body: unknown
}

/** What sends an operation's first request example with this key. */
export function sampleRequest(
  { credential }: Contract,
  document: ContractDocument,
  { path, method, operation }: OperationAt,
  key: string,
): SampleRequest {
  const [mediaType, { examples = {} }] = Object.entries(operation.requestBody?.content ?? {})[0] ?? ['', {}]
  const [example] = Object.values(examples)
  return {
    method: method.toUpperCase(),
    path,
    headers: { [credential.header]: writeKey(key, credential), ...(example && { 'Content-Type': mediaType }) },
    body: example && resolve(document, example).value,
  }
}
