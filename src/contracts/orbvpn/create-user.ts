import { GraphQLError, type GraphQLResolveInfo, getLocation } from 'graphql'
import { createHandler } from 'graphql-http'
import type { components, operations } from '../../../generated/orbvpn/types.ts'
import type { AnswerOf, BodyOf, Creation, ReplyOf, Services } from '../contract.ts'
import { foldEmail } from '../email.ts'
import { type Inputs, schema } from './schema.ts'

type CreateUser = operations['createUser']

/** One execution: what the mutation may use, and what it leaves to be stored. */
type Execution = { readonly services: Services; creation?: Omit<Creation<ReplyOf<CreateUser>>, 'reply'> }

const execute = createHandler<unknown, Execution, Execution>({
  schema: () => schema,
  rootValue: { createUser: resolveCreateUser },
  context: ({ context }) => context,
  formatError(error) {
    if (error instanceof GraphQLError && error.extensions.code === 'FORBIDDEN') return error
    // GraphQL's own message may quote a password, so what goes to the log is the cause.
    throw new Error('the operation failed', { cause: error instanceof GraphQLError ? error.originalError : error })
  },
})

/** Executes a GraphQL request that its check has accepted. It need not create a user: the mutation may be skipped. */
export async function createUser(
  { query, variables, operationName }: BodyOf<CreateUser>,
  services: Services,
): Promise<AnswerOf<CreateUser>> {
  const execution: Execution = { services }
  const [text] = await execute({
    method: 'POST',
    url: '/createUser',
    headers: { 'content-type': 'application/json' },
    body: { query, variables, operationName },
    raw: undefined,
    context: execution,
  })
  const body = JSON.parse(text ?? '')
  // One thing fails here without being a fault of ours: see formatError.
  if (body.errors) return { status: 403, body }
  const reply = { status: 200, body } as const
  return execution.creation ? { ...execution.creation, reply } : reply
}

async function resolveCreateUser({ user, userProfile }: Inputs, execution: Execution, info: GraphQLResolveInfo) {
  if (!user) throw new Error('the check lets no mutation pass without a user')
  const { caller, uuid, hashPassword } = execution.services

  const own = caller.tenant === null ? null : Number(caller.tenant)
  // The document's example sends 0, which is nobody's id.
  const asked = user.resellerId || null
  if (own !== null && asked !== null && asked !== own) {
    const extensions = { code: 'FORBIDDEN', field: 'user.resellerId' }
    throw new GraphQLError(`user.resellerId must be ${own}, your own`, { extensions })
  }
  const resellerId = own ?? asked
  const { firstName, lastName, phone, address, city, country, postalCode, birthDate } = userProfile ?? {}
  const person = { firstName, lastName, phone, address, city, country, postalCode, birthDate }
  const id = uuid()

  execution.creation = {
    user: {
      id,
      tenant: resellerId === null ? null : String(resellerId),
      uniqueKey: foldEmail(user.email),
      profile: { email: user.email, resellerId, ...person },
      passwordHash: await hashPassword(user.password),
    },
    duplicate: { status: 409, body: { errors: [emailTaken(info)], data: null } },
  }
  return id
}

function emailTaken({ path, fieldNodes }: GraphQLResolveInfo): components['schemas']['GraphqlError'] {
  return {
    message: 'user.email has already been taken',
    locations: fieldNodes.flatMap(({ loc }) => (loc ? [getLocation(loc.source, loc.start)] : [])),
    path: [String(path.key)],
    extensions: { code: 'CONFLICT', field: 'user.email' },
  }
}
