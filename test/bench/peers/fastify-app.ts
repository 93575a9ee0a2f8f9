import Fastify from 'fastify'
import { type Caller, type CreateUser, type Made, userRow } from './user-row.ts'

const text = { type: 'string', minLength: 1 }
const role = { type: 'string', enum: ['customer_read_only', 'customer_admin'] }
const status = { type: 'string', enum: ['active', 'deactivated'] }

const schema = {
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['account_id', 'email', 'name', 'role'],
    properties: {
      account_id: { type: 'string', format: 'uuid' },
      email: { type: 'string', format: 'email', maxLength: 254 },
      name: { type: 'string', pattern: '\\S', maxLength: 255 },
      role,
      status: { ...status, default: 'active' },
    },
  },
  response: {
    200: {
      type: 'object',
      required: ['id', 'name', 'role', 'email', 'status', 'account_id'],
      properties: { id: text, name: text, role, email: text, status, account_id: text },
    },
    '4xx': { type: 'object', required: ['error'], properties: { error: text } },
  },
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** What differs between the Fastify peers. */
interface Backing {
  readonly findKey: (key: string) => Promise<Caller | undefined> | Caller | undefined
  /** Resolves once the row is durable; false when its e-mail address is taken. */
  readonly insert: (row: Made['row']) => Promise<boolean> | boolean
}

/** Garmat's create as one writes it with Fastify: its hooks, its validation, its serialisation. It logs nothing. */
export async function serveFastify({ findKey, insert }: Backing): Promise<void> {
  // By default Fastify drops unknown properties and turns numbers into text; the contract refuses both.
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true } } })
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request, reply) => {
    const key = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    request.caller = (key && (await findKey(key))) || null
    if (!request.caller) return reply.code(401).send({ error: 'Unauthorized' })
  })
  app.setErrorHandler<Error & { statusCode?: number }>((error, _, reply) =>
    (error.statusCode ?? 500) < 500
      ? reply.code(400).send({ error: `Bad Request: ${error.message}` })
      : reply.code(500).send({ error: 'Internal Server Error' }),
  )
  app.post<{ Body: CreateUser }>('/api/users', { schema }, async ({ body, caller }, reply) => {
    const { user, row } = userRow(body, caller as Caller)
    if (await insert(row)) return user
    return reply.code(400).send({ error: 'Bad Request: email has already been taken' })
  })
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}
