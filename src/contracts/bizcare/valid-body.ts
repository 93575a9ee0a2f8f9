import fc from 'fast-check'
import { day, email, text } from '../arbitraries.ts'

const optionalName = fc.oneof({ weight: 9, arbitrary: text({ maxLength: 255 }) }, fc.constantFrom('', ' '))

const phone = fc.stringMatching(/^\+?[0-9](?:[ ().-]{0,3}[0-9]){6,14}$/).filter((number) => number.length <= 32)

/** Bodies that the contract accepts. */
export const validBody = fc.record(
  {
    name: text({ minLength: 2, maxLength: 255 }),
    firstName: optionalName,
    lastName: optionalName,
    email,
    phone,
    dob: day,
    role: fc.constantFrom('super-admin', 'admin', 'customer'),
  },
  { requiredKeys: ['name', 'email'] },
)
