import type { Contract } from '../contracts/contract.ts'
import { readDocument } from '../contracts/document.ts'
import { writeKey } from '../http/read-key.ts'

interface Example {
  readonly value?: unknown
  readonly $ref?: string
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly examples?: Record<string, Example> }>> }
}

/** A curl command, in one line, that sends the first example of the contract's first operation with this key. */
export function sampleCurl(contract: Contract, origin: string, key: string): string {
  const document = readDocument(contract.name)
  const [path, methods] = Object.entries(document.paths)[0] ?? ['/', {}]
  const [method, operation] = Object.entries(methods as Record<string, Operation>)[0] ?? ['get', {}]
  const [mediaType, { examples = {} }] = Object.entries(operation.requestBody?.content ?? {})[0] ?? ['', {}]
  const [example] = Object.values(examples)

  const words = ['curl', '-X', method.toUpperCase(), quote(`${origin}${path}`)]
  words.push('-H', quote(`${contract.credential.header}: ${writeKey(key, contract.credential)}`))
  if (example) words.push('-H', quote(`Content-Type: ${mediaType}`), '-d', quote(JSON.stringify(exampleValue(example))))
  return words.join(' ')

  function exampleValue({ $ref, value }: Example): unknown {
    const name = $ref?.split('/').at(-1)
    return name === undefined ? value : (document.components?.examples?.[name] as Example | undefined)?.value
  }
}

/** A word that a POSIX shell takes as it stands. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
