import type { operations } from '../../../generated/garmat/types.ts'
import type { AnswerOf, BodyOf, Services } from '../contract.ts'
import { foldEmail } from '../email.ts'

type CreateUser = operations['createUser']

/** Creates a user in the caller's account, or, for a Garmat admin, in the account named. */
export async function createUser(body: BodyOf<CreateUser>, { caller, uuid }: Services): Promise<AnswerOf<CreateUser>> {
  // The vendor's own example sends one account and answers with another: only admins choose (SOURCE.md, "account_id").
  const account_id = caller.tenant ?? body.account_id
  const user = { id: uuid(), name: body.name, role: body.role, email: body.email, status: body.status, account_id }

  return {
    user: { id: user.id, tenant: account_id, uniqueKey: foldEmail(user.email), profile: user, passwordHash: null },
    reply: { status: 200, body: user },
    duplicate: { status: 400, body: { error: 'Bad Request: email has already been taken' } },
  }
}
