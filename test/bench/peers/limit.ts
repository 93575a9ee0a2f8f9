// The limit: no framework, no schema, keys in memory, one transaction for each turn of the event loop.
import { createServer, type ServerResponse } from 'node:http'
import { groupInserts } from './group-inserts.ts'
import { keysInMemory, openSqlite } from './sqlite.ts'
import { type CreateUser, userRow } from './user-row.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
// The expression that ajv-formats has for `email`.
const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i
const PROPERTIES = ['account_id', 'email', 'name', 'role', 'status']

const database = openSqlite()
const findKey = keysInMemory(database)
const insert = groupInserts(database)

const server = createServer((request, response) => {
  if (request.method !== 'POST' || request.url !== '/api/users') return answer(response, 404, { error: 'Not Found' })
  const caller = findKey(/^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '')
  if (!caller) {
    request.resume()
    return answer(response, 401, { error: 'Unauthorized' })
  }
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    text += chunk
  })
  request.on('end', () => {
    const body = read(text)
    if (!body) return answer(response, 400, { error: 'Bad Request' })
    const { user, row } = userRow(body, caller)
    insert(row, (error, isInserted) => {
      if (error) return answer(response, 500, { error: 'Internal Server Error' })
      if (isInserted) return answer(response, 200, user)
      answer(response, 400, { error: 'Bad Request: email has already been taken' })
    })
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1')

/** The body, where it keeps garmat's rules. */
function read(text: string): CreateUser | undefined {
  let body: CreateUser
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof body !== 'object' || body === null) return undefined
  for (const property in body) if (!PROPERTIES.includes(property)) return undefined
  const { account_id, email, name, role, status = 'active' } = body
  const isValid =
    typeof account_id === 'string' &&
    UUID.test(account_id) &&
    typeof email === 'string' &&
    email.length <= 254 &&
    EMAIL.test(email) &&
    typeof name === 'string' &&
    name.length <= 255 &&
    /\S/.test(name) &&
    (role === 'customer_read_only' || role === 'customer_admin') &&
    (status === 'active' || status === 'deactivated')
  return isValid ? body : undefined
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
