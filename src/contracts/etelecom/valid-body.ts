import fc from 'fast-check'
import { text } from '../arbitraries.ts'

const ZEROS = ['0', '０', '٠']

/** A country's numbers: how they begin at home and from abroad, and a part of so many digits that tells them apart. */
const COUNTRIES = [
  { starts: ['09', ' 09', '+849', '849', '00849', '+84 (0)9'], digits: 8 },
  { starts: ['024', '+84 24', '(024) '], digits: 8 },
  { starts: ['+1 201', '001 201', '+1 (201) '], digits: 7 },
  { starts: ['+44 7', '+44 (0)7'], digits: 9 },
  { starts: ['+49 151', '0049151'], digits: 8 },
]

/** One digit of a phone number, of any script, with what may follow it. */
const digit = fc
  .tuple(
    fc.constantFrom(...ZEROS),
    fc.constantFrom(...Array(10).keys()),
    fc.constantFrom('', '', '', ' ', '-', '.', '\u00a0', '\u200b'),
  )
  .map(([zero, value, gap]) => `${String.fromCharCode(zero.charCodeAt(0) + value)}${gap}`)

/** A possible phone number that no other run of the generator is likely to make. */
const phone = fc
  .constantFrom(...COUNTRIES)
  .chain(({ starts, digits }) =>
    fc
      .tuple(
        fc.constantFrom(...starts),
        fc.array(digit, { minLength: digits, maxLength: digits }),
        fc.constantFrom('', '', ' ext. 12', ';ext=7', ' x345'),
      )
      .map(([start, rest, extension]) => `${start}${rest.join('')}${extension}`),
  )

/** Bodies that the contract accepts. */
export const validBody = fc.record({
  full_name: text({ maxLength: 255 }),
  password: text({ minLength: 8, maxLength: 128 }),
  phone,
})
