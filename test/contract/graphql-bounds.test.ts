import { afterAll, beforeAll, expect, it } from 'vitest'
import { orbvpn } from '../../src/contracts/orbvpn/contract.ts'
import { send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')
// 995 tokens in 199 operations, the rest in one more. Fields of one name are bounded by GraphQL's own rule, far below.
const tokens = (count: number) =>
  `${times(199, (index) => `query a${index} { _ }`)} query b { ${times(count - 999, () => '_')} }`
const aliases = (count: number) => `{ ${times(count, (index) => `a${index}: _`)} }`
// Five levels are there without one that repeats.
const levels = (count: number) => {
  const repeated = count - 5
  return `{ __schema { types { fields { type ${'{ ofType '.repeat(repeated)} { name } ${'}'.repeat(repeated)} } } } }`
}
const levelsOfFragments = (count: number) => {
  const fragments = times(count - 5, (index) => `fragment f${index} on __Type { ofType { ...f${index + 1} } }`)
  return `{ __schema { types { fields { type { ...f0 } } } } } ${fragments} fragment f${count - 5} on __Type { name }`
}
const doubling = (count: number) => {
  const fragments = times(count, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)
  return `{ ...f0 } ${fragments} fragment f${count} on Query { _ }`
}
const createUser = 'createUser(user: { email: "ada@example.com", password: "12345678" })'

let service: Service
let key: string
beforeAll(async () => {
  service = await startService()
  key = await service.keyFor(orbvpn)
})
afterAll(() => service.close())

it.each([
  { claim: '1,000 tokens', query: tokens(1_000), name: { operationName: 'b' } },
  { claim: '10 aliases', query: aliases(10) },
  { claim: '20 levels', query: levels(20) },
  { claim: '20 levels in fragments', query: levelsOfFragments(20) },
  { claim: 'fragments that double each other', query: doubling(60) },
])('a query of $claim is answered', async ({ query, name }) => {
  const answer = await send(service.origin, orbvpn, { key, body: { query, ...name } })
  expect(answer.status, answer.text).toBe(200)
})

it.each([
  { claim: '1,001 tokens', query: tokens(1_001), says: 'more that 1000 tokens' },
  { claim: '20,001 characters', query: `{ _ }${' '.repeat(19_996)}`, says: 'at most 20000 characters' },
  { claim: 'braces without end', query: '{_'.repeat(10_000), says: 'more that 1000 tokens' },
  { claim: 'values in values without end', query: `{ _(a: ${'['.repeat(19_000)}) }`, says: 'more that 1000 tokens' },
  { claim: '11 aliases', query: aliases(11), says: 'A document has 10 aliases at most.' },
  {
    claim: '11 aliases in several operations',
    query: `query a ${aliases(6)} query b ${aliases(5)}`,
    says: 'A document has 10 aliases at most.',
  },
  { claim: '21 levels', query: levels(21), says: 'An operation has 20 levels at most.' },
  { claim: '21 levels in fragments', query: levelsOfFragments(21), says: 'An operation has 20 levels at most.' },
  {
    claim: 'a fragment in itself',
    query: '{ ...f } fragment f on Query { ...f }',
    says: 'Cannot spread fragment',
  },
  {
    claim: 'two users',
    query: `mutation { a: ${createUser} b: ${createUser} }`,
    says: 'An operation creates one user at most.',
  },
  {
    claim: 'two users by a fragment',
    query: `mutation { ...f b: ${createUser} } fragment f on Mutation { a: ${createUser} }`,
    says: 'An operation creates one user at most.',
  },
])('a query of $claim is refused within a second', async ({ query, says }) => {
  const started = performance.now()
  const answer = await send(service.origin, orbvpn, { key, body: { query } })
  expect(performance.now() - started).toBeLessThan(1_000)
  expect(answer.status, answer.text).toBe(400)
  expect(answer.text).toContain(says)
})

it('a batch is refused whole', async () => {
  const answer = await send(service.origin, orbvpn, { key, body: JSON.stringify([{ query: '{ _ }' }]) })
  expect(answer.status).toBe(400)
})
