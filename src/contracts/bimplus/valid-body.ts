import fc from 'fast-check'
import { day, email, text } from '../arbitraries.ts'

const profileText = fc.oneof(fc.constantFrom('', ' '), text({ maxLength: 255 }))
const ignored = fc.jsonValue({ maxDepth: 2 })

const profile = fc.record(
  {
    email,
    password: fc.oneof(fc.constant('    '), text({ minLength: 4, maxLength: 128 })),
    firstname: profileText,
    lastname: profileText,
    company: profileText,
    displayname: profileText,
    info: profileText,
    gender: fc.constantFrom('', 'MR', 'MS'),
    phoneWork: profileText,
    phoneHome: profileText,
    fax: profileText,
    mobile: profileText,
    birthDate: fc.oneof(fc.constant(''), day),
    preferedLanguage: fc.constantFrom('', 'en', 'de', 'fr', 'ru', 'it', 'es', 'cs', 'tr', 'us', 'ro'),
    hasAcceptedTerms: fc.boolean(),
    status: ignored,
    teams: ignored,
    team: ignored,
    photo: ignored,
  },
  { requiredKeys: ['email', 'password'] },
)

interface Part {
  readonly inside?: string
  readonly beside?: string
}

/** A part of an address as it may stand in `address` and beside it. */
const part: fc.Arbitrary<Part> = profileText.chain((value) =>
  fc.constantFrom<Part[]>(
    {},
    { inside: value },
    { beside: value },
    { inside: value, beside: value },
    { inside: value, beside: '' },
    { inside: '', beside: value },
  ),
)

const addressParts = fc.record({ street: part, streetNr: part, zip: part, city: part }).map(Object.entries<Part>)
const country = fc.option(profileText, { nil: undefined })

/** Bodies that the contract accepts. */
export const validBody = fc.tuple(profile, addressParts, country, fc.boolean()).map(([user, parts, country, bare]) => {
  const inside = parts.flatMap(([name, { inside }]) => (inside === undefined ? [] : [[name, inside]]))
  const beside = parts.flatMap(([name, { beside }]) => (beside === undefined ? [] : [[name, beside]]))
  if (country !== undefined) inside.push(['country', country])
  const address = bare && inside.length === 0 ? {} : { address: Object.fromEntries(inside) }
  return { ...user, ...Object.fromEntries(beside), ...address }
})
