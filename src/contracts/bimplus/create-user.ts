import type { operations } from '../../../generated/bimplus/types.ts'
import type { AnswerOf, BodyOf, Services } from '../contract.ts'
import { foldEmail } from '../email.ts'

type CreateUser = operations['createUser']

/** Creates a user. What was not given is an empty text, as the vendor shows it. */
export async function createUser(
  body: BodyOf<CreateUser>,
  { uuid, hashPassword }: Services,
): Promise<AnswerOf<CreateUser>> {
  const { address } = body
  const user = {
    teams: [],
    id: uuid(),
    email: body.email,
    status: 'Active' as const,
    firstname: body.firstname,
    lastname: body.lastname,
    company: body.company,
    displayname: body.displayname,
    info: body.info,
    gender: body.gender,
    phoneWork: body.phoneWork,
    phoneHome: body.phoneHome,
    fax: body.fax,
    mobile: body.mobile,
    birthDate: body.birthDate,
    // Given in both places, they are the same: `checkUser` has seen to it.
    address: {
      street: address.street || body.street,
      streetNr: address.streetNr || body.streetNr,
      zip: address.zip || body.zip,
      city: address.city || body.city,
      country: address.country,
    },
    preferedLanguage: body.preferedLanguage,
  }

  return {
    user: {
      id: user.id,
      tenant: null,
      uniqueKey: foldEmail(user.email),
      profile: { ...user, hasAcceptedTerms: body.hasAcceptedTerms },
      passwordHash: await hashPassword(body.password),
    },
    reply: { status: 201, body: user },
    duplicate: {
      status: 409,
      body: {
        code: 'EMAIL_IN_USE',
        message: 'The user already exists.',
        errors: [{ field: 'email', message: 'is already in use' }],
      },
    },
  }
}
