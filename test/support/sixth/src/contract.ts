import type { operations } from '../../../generated/sixth/types.ts'
import { type AnswerOf, type BodyOf, defineContract, type Services } from '../contract.ts'
import { sentence } from '../issue.ts'
import { base64Key } from '../key.ts'

type AddMember = operations['addMember']

async function addMember(body: BodyOf<AddMember>, { uuid, pathParameters }: Services): Promise<AnswerOf<AddMember>> {
  const member = { id: uuid(), team: String(pathParameters.team), nick: body.nick }
  const { id, team, nick } = member
  return {
    user: { id, tenant: team, uniqueKey: `${team} ${nick}`, profile: member, passwordHash: null },
    reply: { status: 201, body: member },
    duplicate: { status: 409, body: { problem: 'nick is taken' } },
  }
}

export const sixth = defineContract<operations>({
  name: 'sixth',
  credential: { header: 'X-Sixth-Key', challenge: 'Sixth', newKey: base64Key },
  callers: [{ role: null, tenant: null }],
  refuse(refusal) {
    if (refusal.kind === 'unauthenticated') return { status: 401, body: { problem: 'unauthenticated' } }
    return { status: 400, body: { problem: refusal.kind === 'invalid' ? sentence(refusal.issues) : refusal.kind } }
  },
  handlers: { addMember },
})
