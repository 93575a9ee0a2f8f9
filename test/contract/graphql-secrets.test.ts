import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orbvpn } from '../../src/contracts/orbvpn/contract.ts'
import { type Service, startService } from '../support/start-service.ts'

// A password as text, as a number, and as a word that lacks its quotes. They hold what GraphQL would quote.
const TEXT = 'hunter2Zx9-q"secret'
const NUMBER = 73914682055103
const WORD = 'hunter2Zx9word'
const MARKERS = /hunter2Zx9|secret|73914682055103/i

const MUTATION = `mutation createUser ($user: UserCreate, $userProfile: UserProfileEdit) {
createUser (user: $user, userProfile: $userProfile)
}`
const literal = JSON.stringify(TEXT)
const account = { email: 'ada@example.com', password: TEXT }

/** The password where an input of the document's mutation has another type or another name. */
const VARIABLES: readonly (readonly [string, unknown])[] = [
  ['the variables', TEXT],
  ['the variables, in a list', [TEXT]],
  ['the user', { user: TEXT }],
  ['the user, as a number', { user: NUMBER }],
  ['the user, in a list', { user: [account] }],
  ['the profile', { user: account, userProfile: TEXT }],
  ['the profile, in a list', { user: account, userProfile: [TEXT] }],
  ['an account without an e-mail address', { user: { password: TEXT } }],
  ['a password that is a number', { user: { ...account, password: NUMBER } }],
  ['a password in a list', { user: { ...account, password: [TEXT] } }],
  ['a password in an object', { user: { ...account, password: { value: TEXT } } }],
  ['a password too long', { user: { ...account, password: TEXT.repeat(10) } }],
  ['a password with NUL', { user: { ...account, password: `${TEXT}\0` } }],
  ['the e-mail address', { user: { ...account, email: TEXT } }],
  ['the e-mail address, as a number', { user: { ...account, email: NUMBER } }],
  ['the reseller id', { user: { ...account, resellerId: TEXT } }],
  ['the reseller id, as a number', { user: { ...account, resellerId: NUMBER } }],
  ['a first name in a list', { user: account, userProfile: { firstName: [TEXT] } }],
  ['a first name that is a number', { user: account, userProfile: { firstName: NUMBER } }],
  ['the day of birth', { user: account, userProfile: { birthDate: TEXT } }],
  ['a property nobody knows', { user: { ...account, pasword: TEXT } }],
  ['a property called __proto__', { user: JSON.parse(`{"__proto__": ${literal}, "email": "ada@example.com"}`) }],
  ['a property called constructor', { user: { ...account, constructor: TEXT } }],
  ['a variable that the mutation does not declare', { user: account, pasword: TEXT }],
]

/** The password in a query, where GraphQL cannot take it. */
const QUERIES: readonly (readonly [string, string, unknown?])[] = [
  ['nothing but it', TEXT],
  ['nothing but a word', WORD],
  ['a literal number', `mutation { createUser(user: { email: "ada@example.com", password: ${NUMBER} }) }`],
  ['a literal with a fraction', `mutation { createUser(user: { email: "ada@example.com", password: ${NUMBER}.5 }) }`],
  ['a literal without quotes', `mutation { createUser(user: { email: "ada@example.com", password: ${WORD} }) }`],
  ['a literal without quotes, in words', `mutation { createUser(user: { password: my ${WORD}! }) }`],
  ['a literal without quotes, with a sign', `mutation { createUser(user: { password: ${WORD}* }) }`],
  ['a literal without quotes that looks like a variable', `mutation { createUser(user: { password: $${WORD} }) }`],
  ['a literal in single quotes', `mutation { createUser(user: { password: '${WORD}' }) }`],
  ['a literal that does not end', `mutation { createUser(user: { password: "${WORD} }) }`],
  ['a literal with a wrong escape', `mutation { createUser(user: { password: "${WORD}\\u{${WORD}}" }) }`],
  ['a literal in a list', `mutation { createUser(user: { email: "ada@example.com", password: [${literal}] }) }`],
  ['a literal in an object', `mutation { createUser(user: { password: { value: ${literal} } }) }`],
  ['a literal without a name', `mutation { createUser(user: { email: "ada@example.com" ${literal} }) }`],
  ['a literal without an argument', `mutation { createUser(${literal}) }`],
  ['a literal where a field is due', `mutation { createUser ${literal} }`],
  ['a block literal where a field is due', `mutation { createUser """${WORD}""" }`],
  ['a literal for the user', `mutation { createUser(user: ${literal}) }`],
  ['a block literal for the user', `mutation { createUser(user: """${WORD}""") }`],
  ['a literal for the reseller id', `mutation { createUser(user: { resellerId: ${literal}, password: ${literal} }) }`],
  ['a literal property nobody knows', `mutation { createUser(user: { pasword: ${literal} }) }`],
  ['a literal given twice', `mutation { createUser(user: { password: ${literal}, password: ${literal} }) }`],
  ['a literal argument nobody knows', `mutation { createUser(user: null, password: ${literal}) }`],
  ['a literal too short', `mutation { createUser(user: { email: ${literal}, password: "${WORD.slice(0, 7)}" }) }`],
  ['a literal of a field nobody knows', `mutation { creatUser(password: ${literal}) }`],
  ['a literal in a directive', `mutation { createUser @skip(if: ${literal}) }`],
  ['a literal in a directive nobody knows', `mutation { createUser @secure(password: ${NUMBER}) }`],
  ['a default of another type', `mutation ($user: UserCreate = ${literal}) { createUser(user: $user) }`],
  [
    'a default that a variable breaks',
    `mutation ($user: UserCreate = { password: ${NUMBER} }) { createUser(user: $user) }`,
  ],
  ['a default of no variable', `mutation ($a: String = ${literal}) { createUser }`],
  ['a literal of introspection', `{ __type(name: ${NUMBER}) { name } }`],
  ['a comment', `mutation { createUser( # ${TEXT}\n`],
  ['a description', `${literal} mutation { creatUser }`],
  ['too many tokens', `{ ${'_ '.repeat(1000)} } # ${TEXT}`],
  [
    'two users',
    `mutation { a: createUser(user: { password: ${literal} }) b: createUser(user: { password: ${literal} }) }`,
  ],
  ['a subscription', `subscription { createUser(user: { password: ${literal} }) }`],
  [
    'a literal beside a variable that is null',
    `mutation ($email: String = "ada@example.com") { createUser(user: { email: $email, password: ${literal} }) }`,
    { email: null },
  ],
  [
    'a variable of another type',
    'mutation ($password: String!) { createUser(user: { email: "ada@example.com", password: $password }) }',
    { password: NUMBER },
  ],
  [
    'a variable of another type, in a list',
    'mutation ($id: Int) { createUser(user: { email: "ada@example.com", password: "12345678", resellerId: $id }) }',
    { id: [TEXT] },
  ],
  ['a variable for a directive', 'mutation ($really: Boolean!) { createUser @skip(if: $really) }', { really: TEXT }],
]

/** The password elsewhere in a request. */
const REQUESTS: readonly (readonly [string, RequestInit & { readonly path?: string }])[] = [
  ['a body that is not JSON', { body: `{"query": ${TEXT}` }],
  ['a body that is text', { body: TEXT }],
  ['a body that is a list', { body: JSON.stringify([{ query: MUTATION, variables: { user: account } }]) }],
  ['a body of another media type', { body: TEXT, headers: { 'Content-Type': 'text/plain' } }],
  ['an envelope without a query', { body: JSON.stringify(account) }],
  ['an operation name', { body: JSON.stringify({ query: '{ _ }', operationName: WORD }) }],
  ['an operation name that is none', { body: JSON.stringify({ query: '{ _ }', operationName: TEXT }) }],
  ['an operation name that is a number', { body: JSON.stringify({ query: '{ _ }', operationName: NUMBER }) }],
  ['extensions', { body: JSON.stringify({ query: '{ _ }', extensions: { password: TEXT } }) }],
  ['extensions that are text', { body: JSON.stringify({ query: '{ _ }', extensions: TEXT }) }],
  ['a query that is a number', { body: JSON.stringify({ query: NUMBER }) }],
  ['a query in a list', { body: JSON.stringify({ query: [TEXT] }) }],
  ['a query with NUL', { body: JSON.stringify({ query: `${TEXT}\0` }) }],
  ['the query string', { path: `/createUser?password=${WORD}`, body: JSON.stringify({ query: '{ _ }' }) }],
  ['the query string of a GET', { path: `/createUser?password=${WORD}`, method: 'GET' }],
  ['the key', { body: JSON.stringify({ query: '{ _ }' }), headers: { Authorization: `Bearer ${WORD}` } }],
]

let service: Service
let key: string
beforeAll(async () => {
  service = await startService()
  key = await service.keyFor(orbvpn)
})
afterAll(() => service.close())

/** Sends a request and gives all that it leaves to be read: the reply with its headers, and the log. */
async function traces(request: RequestInit & { readonly path?: string }): Promise<{ status: number; text: string }> {
  const response = await fetch(`${service.origin}${request.path ?? '/createUser'}`, {
    method: 'POST',
    ...request,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}`, ...request.headers },
  })
  const headers = JSON.stringify([...response.headers])
  return { status: response.status, text: `${headers}\n${await response.text()}\n${service.logged()}` }
}

describe('a password appears in no reply and no log line', () => {
  it.each(VARIABLES)('when it stands in variables, as %s', async (_, variables) => {
    const { status, text } = await traces({ body: JSON.stringify({ query: MUTATION, variables }) })
    expect(status).toBe(400)
    expect(text).not.toMatch(MARKERS)
  })

  it.each(QUERIES)('when it stands in a query, as %s', async (_, query, variables) => {
    const { status, text } = await traces({ body: JSON.stringify({ query, variables }) })
    expect(status).toBe(400)
    expect(text).not.toMatch(MARKERS)
  })

  it.each(REQUESTS)('when it stands elsewhere, as %s', async (_, request) => {
    const { status, text } = await traces(request)
    expect(status).toBeLessThan(500)
    expect(text).not.toMatch(MARKERS)
  })

  it('when all is well, when the address is taken, when the reseller is another, and when the database fails', async () => {
    const create = (user: object) => traces({ body: JSON.stringify({ query: MUTATION, variables: { user } }) })
    const answers = [await create(account), await create(account)]
    key = await service.keyFor(orbvpn, { role: 'reseller', tenant: '8' })
    answers.push(await create({ ...account, resellerId: 7 }))
    await service.store.database.schema.alterTable('users').renameTo('away').execute()
    answers.push(await create({ ...account, email: 'grace@example.com' }))

    expect(answers.map(({ status }) => status)).toEqual([200, 409, 403, 500])
    for (const { text } of answers) expect(text).not.toMatch(MARKERS)
  })
})
