import { expect, it } from 'vitest'
import { garmat } from '../../src/contracts/garmat/contract.ts'
import type { Attempt } from './load.ts'
import { tally } from './tally.ts'

const nothing = { sent: 1, acknowledged: 0, lost: 0, 'stored unacknowledged': 0, unwanted: 0, unexpected: 0 }
const created = { status: 200, text: '{"id":"1"}' }
const duplicate = { status: 400, text: 'has already been taken' }

it.each<{ claim: string; told: Partial<Attempt>; ids: string[]; found: Partial<typeof nothing> }>([
  { claim: 'a user who is there as told', told: { answer: created }, ids: ['1'], found: { acknowledged: 1 } },
  { claim: 'a user who is gone', told: { answer: created }, ids: [], found: { acknowledged: 1, lost: 1 } },
  { claim: 'a user with another id', told: { answer: created }, ids: ['2'], found: { acknowledged: 1, lost: 1 } },
  {
    claim: 'a user who is there twice',
    told: { answer: created },
    ids: ['1', '2'],
    found: { acknowledged: 1, lost: 1, unwanted: 1 },
  },
  { claim: 'a user nobody was told of', told: { cut: 1 }, ids: ['1'], found: { 'stored unacknowledged': 1 } },
  {
    claim: 'a duplicate of an earlier request',
    told: { cut: 1, answer: duplicate },
    ids: ['1'],
    found: { 'stored unacknowledged': 1 },
  },
  { claim: 'a duplicate of nobody', told: { cut: 1, answer: duplicate }, ids: [], found: { lost: 1 } },
  { claim: 'a duplicate of no earlier request', told: { answer: duplicate }, ids: [], found: { unexpected: 1 } },
  { claim: 'a fault', told: { cut: 1, answer: { status: 500, text: '{}' } }, ids: [], found: { unexpected: 1 } },
  { claim: 'a user nobody sent', told: { email: 'other' }, ids: ['1'], found: { unwanted: 1 } },
])('the tally tells of $claim', ({ told, ids, found }) => {
  const attempt: Attempt = {
    contract: garmat,
    email: 'one',
    body: '',
    idempotencyKey: undefined,
    cut: 0,
    unavailable: 0,
    answer: undefined,
    ...told,
  }
  const at = { tenant: null, created_by: 'key', created_at: '', updated_at: '' }
  const users = ids.map((id) => ({ contract: 'garmat', id, profile: { email: 'one' }, ...at }))
  expect(tally([attempt], users)).toEqual({ ...nothing, ...found })
})
