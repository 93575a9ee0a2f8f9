import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buildSchema } from 'graphql'
import type { components } from '../../../generated/orbvpn/types.ts'

const { resolve } = createRequire(import.meta.url)

/** The GraphQL schema. It resolves nothing by itself: each execution brings its own root value. */
export const schema = buildSchema(readFileSync(resolve('#openapi/orbvpn/schema.graphql'), 'utf8'))

/** The mutation's arguments, as GraphQL hands them to a resolver. */
export interface Inputs {
  readonly user?: components['schemas']['UserCreate'] | null
  readonly userProfile?: components['schemas']['UserProfileEdit'] | null
}
