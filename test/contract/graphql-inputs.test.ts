import { type GraphQLInputField, getNullableType, isInputObjectType, isNonNullType } from 'graphql'
import { expect, it } from 'vitest'
import { readDocument } from '../../src/contracts/document.ts'
import { schema } from '../../src/contracts/orbvpn/schema.ts'

interface Component {
  readonly type: string
  readonly additionalProperties: boolean
  readonly required?: readonly string[]
  readonly properties: Readonly<Record<string, { readonly type: string | readonly string[] }>>
}

// The scalars of the inputs, in words of JSON Schema.
const TYPES: Readonly<Record<string, string>> = { String: 'string', Int: 'integer' }

const components = readDocument('orbvpn').components?.schemas as unknown as Readonly<Record<string, Component>>
const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType)

it('has the two inputs of the document', () => {
  expect(inputs.map(({ name }) => name)).toEqual(['UserCreate', 'UserProfileEdit'])
})

it.each(inputs.map((input) => [input.name, input] as const))(
  '%s says in OpenAPI what it says in GraphQL',
  (name, input) => {
    const fields = Object.values(input.getFields())
    const { type, additionalProperties, required = [], properties } = components[name] as Component

    expect({ type, additionalProperties, required }).toEqual({
      type: 'object',
      additionalProperties: false,
      required: fields.filter((field) => isNonNullType(field.type)).map((field) => field.name),
    })
    expect(Object.entries(properties).map(([property, node]) => [property, node.type])).toEqual(
      fields.map((field) => [field.name, jsonType(field)]),
    )
  },
)

/** GraphQL takes null for every field that it does not require. */
function jsonType({ type }: GraphQLInputField): unknown {
  const name = TYPES[String(getNullableType(type))]
  return isNonNullType(type) ? name : [name, 'null']
}
