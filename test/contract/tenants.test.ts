import { afterAll, beforeAll, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'
import { validBodies } from '../support/valid-bodies.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const holders = contracts.flatMap((contract) =>
  contract.callers.flatMap(({ role, tenant }) => (tenant ? [{ contract, role, tenant: tenant.example }] : [])),
)

it.each(holders)(
  'a key of a tenant stores users of that tenant only, whatever it asks for: $contract.name $role',
  async ({ contract, role, tenant }) => {
    const key = await service.keyFor(contract, { ...(role !== null && { role }), tenant })
    const answers = []
    // Accounts and resellers in them are any.
    for (const body of await validBodies(contract, 40))
      answers.push(await send(service.origin, contract, { key, body }))
    const stored = await service.store.database
      .selectFrom('users')
      .select('tenant')
      .where('contract', '=', contract.name)
      .execute()
    expect(stored.length).toBeGreaterThan(0)
    expect(new Set(stored.map((user) => user.tenant))).toEqual(new Set([tenant]))
    const refused = answers.filter(({ status }) => status >= 300)
    expect(refused.filter(({ status }) => status !== 403)).toEqual([])
    expect(stored.length + refused.length).toBe(answers.length)
  },
)
