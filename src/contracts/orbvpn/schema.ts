import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, type GraphQLSchema, Source } from 'graphql'
import type { components } from '../../../generated/orbvpn/types.ts'
import { checkout } from '../../checkout.ts'

/** The GraphQL schema. It resolves nothing by itself: each execution brings its own root value. */
export let schema = readSchema()

/** Reads the schema's file again; a broken file throws and leaves the schema as it was. */
export function reloadSchema(): void {
  schema = readSchema()
}

function readSchema(): GraphQLSchema {
  const path = join(checkout, 'openapi/orbvpn/schema.graphql')
  return buildSchema(new Source(readFileSync(path, 'utf8'), path))
}

/** The mutation's arguments, as GraphQL hands them to a resolver. */
export interface Inputs {
  readonly user?: components['schemas']['UserCreate'] | null
  readonly userProfile?: components['schemas']['UserProfileEdit'] | null
}
