import fc from 'fast-check'

/** A text that is not blank, of Unicode letters and signs but NUL, its length counted in code points. */
export function text({ minLength = 1, maxLength }: { readonly minLength?: number; readonly maxLength: number }) {
  return fc
    .string({ unit: 'binary', minLength, maxLength })
    .map((chars) => chars.replaceAll('\0', '0'))
    .filter((chars) => /\S/u.test(chars))
}

/** An address that no other run of the generator makes, as valid as e-mail addresses get. */
export const email = fc
  .tuple(fc.emailAddress(), fc.uuid())
  .map(([address, unique]) => `${unique}.${address}`)
  .filter((address) => address.length <= 254)

/** A calendar day that has been, `YYYY-MM-DD`. */
export const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2020-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
