import type { Contract } from '../contracts/contract.ts'
import { operationsOf, readDocument } from '../contracts/document.ts'
import { quote } from '../docs/code-samples.ts'
import { sampleRequest } from '../docs/sample-request.ts'

/** A curl command, in one line, that sends the first example of the contract's first operation with this key. */
export function sampleCurl(contract: Contract, origin: string, key: string): string {
  const document = readDocument(contract.name)
  const [first] = operationsOf(document)
  if (!first) throw new Error(`${contract.name} has no operation`)
  const { method, path, headers, body } = sampleRequest(contract, document, first, key)

  const words = ['curl', '-X', method, quote(`${origin}${path}`)]
  for (const [name, value] of Object.entries(headers)) words.push('-H', quote(`${name}: ${value}`))
  if (body !== undefined) words.push('-d', quote(JSON.stringify(body)))
  return words.join(' ')
}
