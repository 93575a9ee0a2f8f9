// Koa, openapi-backend and Kysely as one writes them first. Keys are in the database.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import Koa from 'koa'
import { Kysely, SqliteDialect } from 'kysely'
import { type Context, OpenAPIBackend } from 'openapi-backend'
import getRawBody from 'raw-body'
import { checkout } from '../../../src/checkout.ts'
import type { Tables } from '../../../src/store/tables.ts'
import { hashKey, openSqlite } from './sqlite.ts'
import { type Caller, type CreateUser, userRow } from './user-row.ts'

const sqlite = openSqlite()
const database = new Kysely<Tables>({
  dialect: new SqliteDialect({
    database: {
      close: () => sqlite.close(),
      prepare(sql) {
        const statement = sqlite.prepare(sql)
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...parameters),
          run: (parameters) => statement.run(...parameters),
          iterate: (parameters) => statement.iterate(...parameters) as IterableIterator<unknown>,
        }
      },
    },
  }),
})

const api = new OpenAPIBackend({
  definition: JSON.parse(readFileSync(join(checkout, 'generated/garmat/openapi.json'), 'utf8')),
  // Without quick mode a document of OpenAPI 3.1 is refused.
  quick: true,
  customizeAjv() {
    const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strict: false })
    addFormats.default(ajv)
    return ajv as never
  },
  handlers: {
    createUser,
    validationFail: ({ validation }: Context) => {
      const error = (validation.errors ?? [])
        .map(({ instancePath, message }) => `${instancePath} ${message}`)
        .join('; ')
      return { status: 400, body: { error: `Bad Request: ${error}` } }
    },
    unauthorizedHandler: () => ({ status: 401, body: { error: 'Unauthorized' } }),
    notFound: () => ({ status: 404, body: { error: 'Not Found' } }),
    methodNotAllowed: () => ({ status: 405, body: { error: 'Method Not Allowed' } }),
    postResponseHandler(context: Context) {
      const { status, body } = context.response
      if (context.operation && api.validateResponse(body, context.operation, status).errors) {
        return { status: 500, body: { error: 'Internal Server Error' } }
      }
      return context.response
    },
  },
  securityHandlers: {
    async bearer({ request }: Context) {
      const key = /^Bearer +(\S+)$/i.exec(String(request.headers.authorization))?.[1]
      if (key === undefined) return undefined
      return database
        .selectFrom('api_keys')
        .select(['id as keyId', 'tenant'])
        .where('key_hash', '=', hashKey(key))
        .where('contract', '=', 'garmat')
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
    },
  },
})
await api.init()

async function createUser({ request, security }: Context<CreateUser>) {
  const { user, row } = userRow(request.requestBody, security?.bearer as Caller)
  const [contract, id, tenant, unique_key, profile, created_by, created_at, updated_at] = row as string[]
  const { numInsertedOrUpdatedRows } = await database
    .insertInto('users')
    .values({ contract, id, tenant, unique_key, profile, created_by, created_at, updated_at } as never)
    .onConflict((conflict) => conflict.columns(['contract', 'unique_key']).doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 1n) return { status: 200, body: user }
  return { status: 400, body: { error: 'Bad Request: email has already been taken' } }
}

const app = new Koa()
app.use(async (koa) => {
  const text = await getRawBody(koa.req, { encoding: 'utf8', limit: '100kb' })
  const { method, path, query } = koa
  const headers = koa.headers as Record<string, string>
  const { status, body } = await api.handleRequest({ method, path, headers, query: query as never, body: text })
  koa.status = status
  koa.body = body
})
app.listen(Number(process.env.PORT), '127.0.0.1')
