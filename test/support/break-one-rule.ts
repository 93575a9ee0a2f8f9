import type { ContractDocument } from '../../src/contracts/document.ts'
import { resolve } from '../../src/contracts/resolve.ts'

/** A change to a valid object after which the contract must refuse it, and the property it must name. */
export interface Mutation {
  readonly claim: string
  readonly property: string
  readonly apply: (valid: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

const BROKEN_FORMATS: Readonly<Record<string, readonly string[]>> = {
  email: ['nobody', 'a@b', 'a b@example.com', '@example.com'],
  date: ['2023-02-30', '30.01.2023', '2023-1-1'],
  uuid: ['1', 'urn:uuid:f260f115-f2e6-4dde-bcab-98b10fdb8cf6'],
  text: ['NUL \0 inside', 'unpaired \ud800 surrogate', 'unpaired \udfff'],
}

/** Every way to break one rule of an object's schema, one property at a time. */
export function mutationsOf(document: ContractDocument, schemaNode: unknown): readonly Mutation[] {
  const schema = resolve(document, schemaNode as Record<string, unknown>)
  const required = (schema.required ?? []) as string[]
  const unknown = ['unknown', '__proto__', 'constructor', 'toString'].map(
    (property): Mutation => ({
      claim: `has the unknown property "${property}"`,
      property,
      apply: (valid) => define(valid, property, {}),
    }),
  )
  const known = Object.entries((schema.properties ?? {}) as Record<string, unknown>).flatMap(([property, node]) => {
    const inner = resolve(document, node as Record<string, unknown>)
    const values = brokenValues(inner)
    const missing: Mutation = { claim: 'is missing', property, apply: (valid) => without(valid, property) }
    return [
      ...(required.includes(property) ? [missing] : []),
      ...values.map(
        (value): Mutation => ({
          claim: `is ${JSON.stringify(value).slice(0, 40)}`,
          property,
          apply: (valid) => define(valid, property, value),
        }),
      ),
      ...(inner.properties ? mutationsOf(document, inner).map((mutation) => within(property, mutation)) : []),
    ]
  })
  return [...(schema.additionalProperties === false ? unknown : []), ...known]
}

/** A mutation of an object inside another. */
export function within(property: string, { claim, property: broken, apply }: Mutation): Mutation {
  return {
    claim,
    property: broken,
    apply: (valid) => define(valid, property, apply((valid[property] ?? {}) as Record<string, unknown>)),
  }
}

function brokenValues(schema: Readonly<Record<string, unknown>>): readonly unknown[] {
  const types = [schema.type ?? []].flat() as string[]
  const wrongTypes = [1.5, true, 'text', ['a'], { a: 1 }, null].filter((value) => !types.includes(typeOf(value)))
  // A schema without a type takes anything.
  if (types.length === 0) return []
  const broken: unknown[] = [...wrongTypes]
  if (schema.minimum !== undefined) broken.push((schema.minimum as number) - 1)
  if (schema.maximum !== undefined) broken.push((schema.maximum as number) + 1)
  if (!types.includes('string')) return broken
  if (schema.enum) broken.push('not one of them')
  if (schema.maxLength !== undefined) broken.push('a'.repeat((schema.maxLength as number) + 1))
  if ((schema.minLength as number) > 0) broken.push('a'.repeat((schema.minLength as number) - 1))
  if (schema.pattern === '\\S') broken.push('', ' ', '\t\n\u3000')
  else if (schema.pattern) broken.push('!no pattern has this!')
  return [...broken, ...(BROKEN_FORMATS[schema.format as string] ?? [])]
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** A copy with an own property of that name, whatever the name: `__proto__` too. */
function define(object: object, property: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([...Object.entries(object).filter(([name]) => name !== property), [property, value]])
}

function without(object: object, property: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== property))
}
