import { verify } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** What is kept of the user that each contract's first example makes, beside what the reply says of it. */
const KEPT: Readonly<
  Record<string, { tenant: string | null; unique_key: string; profile: object; password?: string }>
> = {
  bizcare: {
    tenant: null,
    unique_key: 'jane@example.com',
    profile: { name: 'Jane Smith', email: 'jane@example.com', dob: '1985-03-20', role: 'customer', members: [] },
  },
  etelecom: {
    tenant: '1057792338951722956',
    unique_key: '1057792338951722956 +84912345678',
    profile: { full_name: 'Nguyễn Văn An', short_name: 'An', phone: '0912 345 678', source: 'partner' },
    password: 'correct horse battery staple',
  },
  orbvpn: {
    tenant: null,
    unique_key: 'mina.park@example.com',
    profile: { email: 'mina.park@example.com', resellerId: null, firstName: 'Mina', birthDate: '1990-02-28' },
    password: 'seven green bottles',
  },
  garmat: {
    tenant: 'f260f115-f2e6-4dde-bcab-98b10fdb8cf6',
    unique_key: 'user@test.com',
    profile: { name: 'Test User', status: 'active', account_id: 'f260f115-f2e6-4dde-bcab-98b10fdb8cf6' },
  },
  bimplus: {
    tenant: null,
    unique_key: 'test@bimplus.net',
    profile: { email: 'test@bimplus.net', status: 'Active', hasAcceptedTerms: false },
    password: 'test',
  },
}

describe.each(contracts)('$name', (contract) => {
  it('keeps what the contract promises of a user, and its password as argon2id only', async () => {
    const key = await service.keyFor(contract)
    const answer = await send(service.origin, contract, { key, body: sampleBody(contract) })
    expect(answer.status, answer.text).toBeLessThan(300)

    const rows = await service.store.database
      .selectFrom('users')
      .selectAll()
      .where('contract', '=', contract.name)
      .execute()
    expect(rows).toHaveLength(1)
    const [{ password_hash: passwordHash, profile, ...row }] = rows as [(typeof rows)[number]]
    const { password, profile: kept, ...columns } = KEPT[contract.name] ?? {}
    expect(row).toMatchObject(columns)
    expect(JSON.parse(profile)).toMatchObject(kept ?? {})
    expect(answer.text).toContain(row.id)

    const [holder] = await service.store.keys
      .list()
      .then((keys) => keys.filter((one) => one.contract === contract.name))
    expect(row.created_by).toBe(holder?.id)
    if (password === undefined) return expect(passwordHash).toBeNull()
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verify(passwordHash ?? '', password)).toBe(true)
    expect(Object.keys(JSON.parse(profile))).not.toContain('password')
    expect(answer.text).not.toContain(`"${password}"`)
  })
})
