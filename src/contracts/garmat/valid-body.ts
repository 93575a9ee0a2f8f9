import fc from 'fast-check'
import { email, text } from '../arbitraries.ts'

/** Bodies that the contract accepts. */
export const validBody = fc.record(
  {
    account_id: fc.uuid(),
    email,
    name: text({ maxLength: 255 }),
    role: fc.constantFrom('customer_read_only', 'customer_admin'),
    status: fc.constantFrom('active', 'deactivated'),
  },
  { requiredKeys: ['account_id', 'email', 'name', 'role'] },
)
