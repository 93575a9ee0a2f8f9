import type { Check } from '../contract.ts'
import { toE164 } from './to-e164.ts'

/** Demands a possible phone number. */
export const checkPhone: Check = ({ phone }) =>
  typeof phone === 'string' && toE164(phone) === undefined
    ? [{ path: ['phone'], rule: 'phone', message: 'must be a possible phone number' }]
    : []
