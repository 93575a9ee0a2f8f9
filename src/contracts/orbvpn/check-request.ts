import {
  type ExecutionArgs,
  executeSync,
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isNonNullType,
  Kind,
  print,
  typeFromAST,
  type VariableDefinitionNode,
  validate,
} from 'graphql'
import type { Check, CheckMeans, JsonObject } from '../contract.ts'
import type { Issue } from '../issue.ts'
import { parseQuery } from './parse-query.ts'
import { type Inputs, schema } from './schema.ts'
import { validationRules } from './validation-rules.ts'

type Against = CheckMeans['against']

/**
 * Finds what is wrong with a GraphQL request and its inputs. GraphQL's own messages quote what a client sent, and that may
 * be a password: only those are passed on that cannot.
 */
export const checkRequest: Check = ({ query, variables, operationName }, { against }) => {
  const given = variables ?? {}
  const name = operationName ?? null
  // An envelope of other types is refused by its schema.
  if (typeof query !== 'string' || !isObject(given) || (typeof name !== 'string' && name !== null)) return []

  const document = parseQuery(query)
  if (document instanceof GraphQLError) return [queryIssue('GRAPHQL_PARSE_FAILED', document)]
  const errors = validate(schema, document, validationRules)
  if (errors.length > 0) return errors.map((error) => queryIssue('GRAPHQL_VALIDATION_FAILED', error))

  const operation = getOperationAST(document, name)
  if (!operation) {
    return [{ path: ['operationName'], rule: 'operation', message: 'must name one operation of the query' }]
  }
  const told = judgeVariables(operation.variableDefinitions ?? [], given, against)
  const broken = new Set(told.map(({ path: [variable] }) => variable))
  const variableValues = Object.fromEntries(Object.entries(given).filter(([variable]) => !broken.has(variable)))
  return [...told, ...judgeInputs({ document, operationName: name, variableValues }, broken, against)]
}

function queryIssue(rule: string, { message, locations }: GraphQLError): Issue {
  return { path: ['query'], rule, message, params: { locations } }
}

function judgeVariables(
  definitions: readonly VariableDefinitionNode[],
  variables: JsonObject,
  against: Against,
): readonly Issue[] {
  const declared = new Set(definitions.map(({ variable }) => variable.name.value))
  const undeclared = Object.keys(variables).filter((name) => !declared.has(name))
  return [
    ...definitions.flatMap((definition) => judgeVariable(definition, variables, against)),
    ...undeclared.map((name) => ({ path: [name], rule: 'undeclared', message: 'is not a variable of the operation' })),
  ]
}

function judgeVariable(definition: VariableDefinitionNode, variables: JsonObject, against: Against): readonly Issue[] {
  const name = definition.variable.name.value
  const type = typeFromAST(schema, definition.type)
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value === undefined && definition.defaultValue) return []
  if (value === undefined || value === null) return isNonNullType(type) ? [required(name)] : []

  const expected = getNullableType(type)
  // An input of the GraphQL schema is a component schema of the document too, which says more than its types.
  if (isInputObjectType(expected)) return under(name, against(expected.name, value))
  const { errors } = getVariableValues(schema, [definition], variables)
  return errors ? [{ path: [name], rule: 'type', message: `must be of type ${print(definition.type)}` }] : []
}

/**
 * Judges what the mutation would be called with, but for what comes from a broken variable. A rehearsal tells: it executes
 * the operation with a resolver that creates nobody, so literals, defaults, fragments, @skip and @include mean here what
 * they mean later.
 */
function judgeInputs(
  operation: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>,
  broken: ReadonlySet<string | undefined>,
  against: Against,
): readonly Issue[] {
  const issues: Issue[] = []
  const rootValue = {
    createUser({ user, userProfile }: Inputs, _: unknown, { fieldNodes: [field] }: GraphQLResolveInfo) {
      const isTold = (argument: string) => broken.has(variableOf(field, argument))
      if (user && !isTold('user')) issues.push(...under('user', against('UserCreate', user)))
      if (!user && !isTold('user')) issues.push(required('user'))
      if (userProfile && !isTold('userProfile')) {
        issues.push(...under('userProfile', against('UserProfileEdit', userProfile)))
      }
      return 'nobody'
    },
  }
  const { errors } = executeSync({ schema, ...operation, rootValue })
  // With its variables in order one thing can still fail: one that has a default may be null where a value is needed.
  if (errors && broken.size === 0) {
    return [{ path: ['variables'], rule: 'null', message: 'must not be null where the query needs a value' }]
  }
  return issues
}

/** The variable that stands for an argument of a field; undefined where a literal or nothing does. */
function variableOf(field: FieldNode | undefined, argument: string): string | undefined {
  const value = field?.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.VARIABLE ? value.name.value : undefined
}

function required(name: string): Issue {
  return { path: [name], rule: 'required', message: 'is required' }
}

function under(name: string, issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
