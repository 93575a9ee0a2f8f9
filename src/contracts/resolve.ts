import type { ContractDocument } from './document.ts'

/** What a node of a bundled document means: a `$ref` is followed, and what stands beside it wins. */
export function resolve<Node extends object>(document: ContractDocument, node: Node): Node {
  const { $ref, ...beside } = node as { $ref?: unknown }
  if (typeof $ref !== 'string') return node
  const steps = $ref
    .slice('#/'.length)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const target = steps.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
    document,
  )
  if (typeof target !== 'object' || target === null) throw new Error(`nothing stands at ${$ref}`)
  return { ...resolve(document, target as Node), ...beside }
}
