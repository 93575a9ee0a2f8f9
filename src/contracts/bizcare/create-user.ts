import type { operations } from '../../../generated/bizcare/types.ts'
import type { AnswerOf, BodyOf, Services } from '../contract.ts'
import { foldEmail } from '../email.ts'
import { timestamp } from '../timestamp.ts'

type CreateUser = operations['createUser']

/** Creates a user who is in no organization yet. */
export async function createUser(body: BodyOf<CreateUser>, { uuid, now }: Services): Promise<AnswerOf<CreateUser>> {
  const { name, firstName, lastName, email, phone, dob, role } = body
  const user = {
    id: `user-${uuid()}`,
    name,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    email,
    ...(phone !== undefined && { phone }),
    ...(dob !== undefined && { dob }),
    role,
    members: [],
    createdAt: timestamp(now),
    updatedAt: timestamp(now),
  }

  return {
    user: { id: user.id, tenant: null, uniqueKey: foldEmail(email), profile: user, passwordHash: null },
    reply: { status: 201, body: user },
    duplicate: {
      status: 409,
      body: {
        error: 'Conflict',
        message: 'Email already exists',
        details: { email: ['This email is already registered'] },
      },
    },
  }
}
