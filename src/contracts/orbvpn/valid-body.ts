import fc from 'fast-check'
import { day, email, text } from '../arbitraries.ts'

// The document's mutation.
const query = `mutation createUser ($user: UserCreate, $userProfile: UserProfileEdit) {
createUser (user: $user, userProfile: $userProfile)
}`

const optionalText = fc.oneof(text({ maxLength: 255 }), fc.constantFrom('', ' ', null))

const user = fc.record(
  {
    email,
    password: fc.oneof(text({ minLength: 8, maxLength: 128 }), fc.constant(' '.repeat(8))),
    resellerId: fc.option(fc.nat(2_147_483_647)),
  },
  { requiredKeys: ['email', 'password'] },
)

const userProfile = fc.record(
  {
    firstName: optionalText,
    lastName: optionalText,
    phone: optionalText,
    address: optionalText,
    city: optionalText,
    country: optionalText,
    postalCode: optionalText,
    birthDate: fc.option(day),
  },
  { requiredKeys: [] },
)

/** Bodies that the contract accepts. */
export const validBody = fc.record(
  {
    query: fc.constant(query),
    variables: fc.record({ user, userProfile }),
    operationName: fc.constantFrom('createUser', null),
    extensions: fc.option(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))),
  },
  { requiredKeys: ['query', 'variables'] },
)

/** Where the inputs of the mutation travel in such a body, and the component schemas that judge them. */
export const inputs = [
  { path: ['variables', 'user'], schema: 'UserCreate' },
  { path: ['variables', 'userProfile'], schema: 'UserProfileEdit' },
] as const
