import type { Contract } from '../contracts/contract.ts'
import { type ExampleNode, operationsOf, readDocument } from '../contracts/document.ts'
import { writeKey } from '../http/read-key.ts'

/** A curl command, in one line, that sends the first example of the contract's first operation with this key. */
export function sampleCurl(contract: Contract, origin: string, key: string): string {
  const document = readDocument(contract.name)
  const [first] = operationsOf(document)
  if (!first) throw new Error(`${contract.name} has no operation`)
  const { path, method, operation } = first
  const [mediaType, { examples = {} }] = Object.entries(operation.requestBody?.content ?? {})[0] ?? ['', {}]
  const [example] = Object.values(examples)

  const words = ['curl', '-X', method.toUpperCase(), quote(`${origin}${path}`)]
  words.push('-H', quote(`${contract.credential.header}: ${writeKey(key, contract.credential)}`))
  if (example) words.push('-H', quote(`Content-Type: ${mediaType}`), '-d', quote(JSON.stringify(exampleValue(example))))
  return words.join(' ')

  function exampleValue({ $ref, value }: ExampleNode): unknown {
    const name = $ref?.split('/').at(-1)
    return name === undefined ? value : (document.components?.examples?.[name] as ExampleNode | undefined)?.value
  }
}

/** A word that a POSIX shell takes as it stands. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
