import type { Contract } from '../contracts/contract.ts'
import { type ContractDocument, type OperationAt, operationsOf, type ResponseNode } from '../contracts/document.ts'
import { resolve } from '../contracts/resolve.ts'
import { codeSamples } from './code-samples.ts'
import { GRADES } from './grades.ts'
import { responsesOf } from './operation-facts.ts'
import { sampleRequest } from './sample-request.ts'

type Node = Record<string, unknown>

/** What a sample sends where a key belongs: the mock takes any. */
const SAMPLE_KEY = 'your-key'

const CHOICES = ['anyOf', 'oneOf']

/**
 * A contract's document with what only a reader needs: samples in three languages that call the origin, who promises each
 * property, status and header, and how to get each answer from the mock. The document given stays as it is.
 */
export function decorate(contract: Contract, document: ContractDocument, origin: string): ContractDocument {
  const paths: Record<string, Node> = structuredClone(document.paths)
  for (const at of operationsOf(document)) {
    const samples = codeSamples(origin, sampleRequest(contract, document, at, SAMPLE_KEY))
    paths[at.path] = {
      ...paths[at.path],
      [at.method]: {
        ...at.operation,
        description: `${at.operation.description ?? ''}\n\n${tableOfStatuses(document, at)}`,
        // The document's own samples stay first, and as they are.
        'x-codeSamples': [...(at.operation['x-codeSamples'] ?? []), ...samples],
        responses: Object.fromEntries(
          responsesOf(document, at.operation).map(({ status, response }) => [
            status,
            withAdvice(document, status, response),
          ]),
        ),
      },
    }
  }
  return withBadges(document, { ...document, paths, components: withCredentials(document) }) as ContractDocument
}

function tableOfStatuses(document: ContractDocument, { operation }: OperationAt): string {
  const rows = responsesOf(document, operation).map(
    ({ status, response }) => `| ${status} | ${response['x-provenance'] ?? '?'} | \`Prefer: code=${status}\` |`,
  )
  return [
    'Every status, who promises it, and the header that gets it from the mock with a valid request:',
    `| status | promised by | ask the mock |\n|---|---|---|\n${rows.join('\n')}`,
  ].join('\n\n')
}

function withAdvice(document: ContractDocument, status: string, response: ResponseNode): Node {
  const names = Object.values(response.content ?? {}).flatMap(({ examples }) => Object.keys(examples ?? {}))
  const grade = response['x-provenance']
  const lines = [
    response.description ?? '',
    grade === undefined ? '' : `**Status ${status}: ${grade}**`,
    `From the mock: \`Prefer: code=${status}\`${names.length > 0 ? ', or by name:' : ''}`,
    names.map((name) => `- \`Prefer: example=${name}\``).join('\n'),
  ]
  return {
    ...response,
    description: lines.join('\n\n'),
    headers: mapValues(response.headers ?? {}, (header: Node) => {
      const { schema = {}, ...rest } = resolve(document, header)
      // The reference shows the badges of a header's schema, not of the header.
      return { ...rest, schema: { ...resolve(document, schema as Node), 'x-provenance': rest['x-provenance'] } }
    }),
  }
}

function withCredentials({ components = {} }: ContractDocument): Node {
  const securitySchemes = mapValues(components.securitySchemes ?? {}, (scheme: Node) => {
    const { description, 'x-provenance': grade } = scheme
    return { ...scheme, description: `${description ?? ''}\n\n**Credential: ${grade}**` }
  })
  return { ...components, securitySchemes }
}

/** Every node with a grade gets it as a badge; where a node is one of several schemas, each of them gets it. */
function withBadges(document: ContractDocument, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => withBadges(document, item))
  if (typeof node !== 'object' || node === null) return node
  const { 'x-provenance': provenance } = node as Node
  const grade = GRADES.find(({ name }) => name === provenance)
  if (!grade) return mapValues(node, (inner) => withBadges(document, inner))
  return {
    ...mapValues(node, (inner, name) => withBadges(document, CHOICES.includes(name) ? graded(inner) : inner)),
    'x-badges': [{ name: grade.name, color: grade.color }],
  }

  // The reference shows such a property as its first schema, and nothing of the property itself.
  function graded(schemas: unknown): readonly Node[] {
    return (schemas as readonly Node[]).map((schema) => {
      const own = resolve(document, schema)
      return { ...own, description: `**${provenance}** ${(node as Node).description ?? own.description ?? ''}` }
    })
  }
}

function mapValues<Value>(node: object, change: (value: Value, name: string) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, change(value, name)]))
}
