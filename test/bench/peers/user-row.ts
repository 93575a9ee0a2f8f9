import { v7 as uuid } from 'uuid'

/** What garmat's create is sent, once it was validated. */
export interface CreateUser {
  readonly account_id: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly status?: string
}

/** A key of garmat: whom it stands for. */
export interface Caller {
  readonly keyId: string
  readonly tenant: string | null
}

/** The columns that a create fills; `password_hash` stays null. */
export const COLUMNS = ['contract', 'id', 'tenant', 'unique_key', 'profile', 'created_by', 'created_at', 'updated_at']

/** A user as it is answered, and its row in the order of COLUMNS. */
export interface Made {
  readonly user: CreateUser & { readonly id: string }
  readonly row: readonly (string | null)[]
}

/** The user that a body makes, as Rollcall makes it: same ids, same columns, same reply. */
export function userRow(body: CreateUser, caller: Caller): Made {
  const { name, role, email, status = 'active' } = body
  const account_id = caller.tenant ?? body.account_id
  const user = { id: uuid(), name, role, email, status, account_id }
  const now = new Date().toISOString()
  const row = ['garmat', user.id, account_id, email.toLowerCase(), JSON.stringify(user), caller.keyId, now, now]
  return { user, row }
}
