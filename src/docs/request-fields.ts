import type { ContractDocument } from '../contracts/document.ts'
import { resolve } from '../contracts/resolve.ts'

/** A property that a request may have. */
export interface RequestField {
  /** The way to it from the body: `variables.user.email`. */
  readonly path: readonly string[]
  /** Whether the object that has it must have it. */
  readonly required: boolean
  readonly provenance: string | undefined
  /** What of a person it holds (`x-maps-to`); undefined where the document does not say. */
  readonly mapsTo: string | undefined
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly allOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly 'x-provenance'?: string
  readonly 'x-maps-to'?: string
}

/** The properties of a request's schema that have no properties themselves, in the order of the document. */
export function requestFieldsOf(document: ContractDocument, schema: object): readonly RequestField[] {
  return fieldsIn(schema, [])

  function fieldsIn(node: SchemaNode, path: readonly string[]): readonly RequestField[] {
    const { properties = {}, required = [], ...rest } = resolve(document, node)
    const own = Object.entries(properties).flatMap(([name, inner]) => {
      const at = [...path, name]
      const nested = fieldsIn(inner, at)
      if (nested.length > 0) return nested
      const { 'x-provenance': provenance, 'x-maps-to': mapsTo } = resolve(document, inner)
      return [{ path: at, required: required.includes(name), provenance, mapsTo }]
    })
    const branches = [rest.allOf, rest.anyOf, rest.oneOf].flatMap((nodes) => nodes ?? [])
    return [...own, ...branches.flatMap((branch) => fieldsIn(branch, path))]
  }
}
