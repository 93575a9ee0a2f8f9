import type { Contract } from '../contracts/contract.ts'
import {
  type ContractDocument,
  type MediaNode,
  type OperationAt,
  type OperationNode,
  operationsOf,
} from '../contracts/document.ts'
import { resolve } from '../contracts/resolve.ts'
import { writeKey } from '../http/read-key.ts'

/** What the pages tell of an operation at a glance. */
export interface OperationFacts {
  readonly contract: string
  readonly vendor: string
  readonly summary: string
  /** `POST /api/users`. */
  readonly route: string
  /** The header that carries a key. */
  readonly credential: string
  readonly provenance: string | undefined
  readonly successes: readonly { readonly status: string; readonly provenance: string | undefined }[]
  /** An error that is typical of the contract: what a taken user gets, where the document has an example of it. */
  readonly error: { readonly status: string; readonly body: unknown } | undefined
  readonly unique: string | undefined
}

/** What the pages tell of each operation of a contract. */
export function factsOf(contract: Contract, document: ContractDocument): readonly OperationFacts[] {
  return operationsOf(document).map(({ path, method, operation }) => ({
    contract: contract.name,
    vendor: document.info.title,
    summary: document.info.summary ?? operation.summary ?? '',
    route: `${method.toUpperCase()} ${path}`,
    credential: `${contract.credential.header}: ${writeKey('<key>', contract.credential)}`,
    provenance: operation['x-provenance'],
    successes: responsesOf(document, operation)
      .filter(({ status }) => status.startsWith('2'))
      .map(({ status, response }) => ({ status, provenance: response['x-provenance'] })),
    error: typicalError(document, operation),
    unique: operation['x-unique'],
  }))
}

/** The statuses of an operation with their responses. */
export function responsesOf(document: ContractDocument, operation: OperationNode) {
  return Object.entries(operation.responses).map(([status, response]) => ({
    status,
    response: resolve(document, response),
  }))
}

/** The media type and schema of the body that an operation takes; undefined for one without a body. */
export function requestMediaOf({ operation }: OperationAt): MediaNode | undefined {
  return Object.values(operation.requestBody?.content ?? {})[0]
}

function typicalError(document: ContractDocument, operation: OperationNode): OperationFacts['error'] {
  const errors = responsesOf(document, operation).flatMap(({ status, response }) => {
    const [{ examples = {} } = {}] = Object.values(response.content ?? {})
    return Object.values(examples)
      .map((example) => resolve(document, example))
      .filter(() => status >= '4')
      .map(({ value, 'x-exchange': howTo }) => ({ status, body: value, needsState: howTo?.after !== undefined }))
  })
  // An error that needs an earlier request is the one about a user that exists.
  const duplicates = errors.filter(({ needsState }) => needsState)
  return duplicates.find(({ status }) => status === '409') ?? duplicates[0] ?? errors[0]
}
