import type { operations } from '../../../generated/etelecom/types.ts'
import type { AnswerOf, BodyOf, Services } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { randomId } from './random-id.ts'
import { toE164 } from './to-e164.ts'

type CreateUser = operations['createUser']

/** Adds a user to the caller's shop. */
export async function createUser(
  body: BodyOf<CreateUser>,
  { caller, now, hashPassword }: Services,
): Promise<AnswerOf<CreateUser>> {
  const shop = caller.tenant
  const e164 = toE164(body.phone)
  if (shop === null || e164 === undefined) throw new Error('expected the key of a shop and a possible phone number')

  const user = {
    block_reason: '',
    blocked_at: null,
    created_at: timestamp(now),
    email: '',
    email_verification_sent_at: null,
    email_verified_at: null,
    full_name: body.full_name,
    id: randomId(),
    is_blocked: false,
    phone: body.phone,
    phone_verification_sent_at: null,
    phone_verified_at: null,
    ref_aff: '',
    ref_sale: '',
    short_name: lastWord(body.full_name),
    // The key of a partner's shop made the user.
    source: 'partner' as const,
    total_shop: 0,
    updated_at: timestamp(now),
  }

  return {
    user: {
      id: user.id,
      tenant: shop,
      uniqueKey: `${shop} ${e164}`,
      profile: user,
      passwordHash: await hashPassword(body.password),
    },
    reply: { status: 200, body: user },
    duplicate: {
      status: 409,
      body: { code: 'already_exists', msg: 'phone has already been taken', meta: { duplicated: 'phone' } },
    },
  }
}

/** A Vietnamese name ends with the given name. `\s` leaves a word wherever the contract's `\S` found one. */
function lastWord(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? ''
}
