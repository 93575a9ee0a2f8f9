import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** The form in which phone numbers are compared, `+84912345678`; undefined for what is no possible number. */
export function toE164(phone: string): string | undefined {
  // What the library makes of a context depends on the call before (catamphetamine/libphonenumber-js#498).
  if (phone.includes(';phone-context=')) return undefined
  const parsed = parsePhoneNumberFromString(phone, { defaultCountry: 'VN', extract: false })
  return parsed?.isPossible() ? parsed.number : undefined
}
