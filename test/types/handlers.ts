// Checked by `npm run typecheck`: each line below a @ts-expect-error must fail to compile, or the check fails.
import type { operations } from '../../generated/garmat/types.ts'
import { type AnswerOf, defineContract, type ReplyOf } from '../../src/contracts/contract.ts'
import { createUser } from '../../src/contracts/garmat/create-user.ts'
import { base64Key } from '../../src/contracts/key.ts'

type CreateUser = operations['createUser']

const slice = {
  name: 'garmat',
  credential: { header: 'Authorization', scheme: 'Bearer', challenge: 'Bearer', newKey: base64Key },
  callers: [{ role: null, tenant: null }],
  refuse: () => ({ status: 401, body: { error: 'Unauthorized' } }) as const,
} as const

defineContract<operations>({ ...slice, handlers: { createUser } })

// @ts-expect-error A handler is missing.
defineContract<operations>({ ...slice, handlers: {} })

// @ts-expect-error No operation has this name.
defineContract<operations>({ ...slice, handlers: { createUser, deleteUser: createUser } })

// @ts-expect-error The status is not documented.
export const undocumented: ReplyOf<CreateUser> = { status: 418, body: { error: 'I am a teapot' } }

// @ts-expect-error The body belongs to another status.
export const mismatched: AnswerOf<CreateUser> = { status: 200, body: { error: 'Unauthorized' } }

// @ts-expect-error A property of the body is missing.
export const incomplete: ReplyOf<CreateUser> = { status: 401, body: {} }

// @ts-expect-error A refusal answers what is documented, too.
defineContract<operations>({ ...slice, refuse: () => ({ status: 402, body: {} }), handlers: { createUser } })
