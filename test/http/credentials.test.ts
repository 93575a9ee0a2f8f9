import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../../src/commands/new-key.ts'
import type { Contract } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
beforeEach(() => service.store.database.deleteFrom('users').execute())
afterAll(() => service.close())

async function storeKey(contract: Contract, expiresAt: Date | null) {
  const [{ role, tenant }] = contract.callers
  const key = newKey(contract, { role: role ?? undefined, tenant: tenant?.example }, '', expiresAt)
  const [row] = await service.store.keys.insert([key], new Date())
  return { key: key.key, id: row?.id ?? '' }
}

for (const contract of contracts) {
  const { header, scheme, schemeOptional } = contract.credential
  const create = (headers: Record<string, string>) =>
    send(service.origin, contract, { body: sampleBody(contract), headers })
  const refusal = async () => (await contract.refuse({ kind: 'unauthenticated' }, { isTaken: async () => false })).body

  describe(contract.name, () => {
    it('makes keys of 128 random bits or more, each of which counts', () => {
      const { newKey } = contract.credential
      let size = 0
      newKey((asked) => {
        size = asked
        return Buffer.alloc(asked)
      })
      const keys = Array.from({ length: size * 8 }, (_, bit) =>
        newKey(() => Buffer.alloc(size).fill(1 << (bit % 8), bit >> 3, (bit >> 3) + 1)),
      )
      expect(new Set(keys).size).toBeGreaterThanOrEqual(128)
    })

    it('refuses a revoked key from the next request on', async () => {
      const { key, id } = await storeKey(contract, null)
      expect((await send(service.origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
      await service.store.keys.revoke(id, new Date())
      const answer = await send(service.origin, contract, { key, body: sampleBody(contract) })
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: 401, body: await refusal() })
    })

    it('refuses an expired key and takes one that expires later', async () => {
      const expired = await storeKey(contract, new Date(Date.now() - 1))
      const valid = await storeKey(contract, new Date(Date.now() + 60_000))
      expect((await send(service.origin, contract, { key: expired.key, body: {} })).status).toBe(401)
      const answer = await send(service.origin, contract, { key: valid.key, body: sampleBody(contract) })
      expect(answer.status).toBeLessThan(300)
    })

    it('refuses the key of every other contract', async () => {
      for (const other of contracts.filter((candidate) => candidate !== contract)) {
        const key = await service.keyFor(other)
        expect((await send(service.origin, contract, { key, body: sampleBody(contract) })).status, other.name).toBe(401)
      }
    })

    it('refuses what is not a key in the right place', async () => {
      const { key } = await storeKey(contract, null)
      const wrong = [
        '',
        ' ',
        key.slice(1),
        `${key}x`,
        `Basic ${key}`,
        `Bearer Bearer ${key}`,
        `${key} ${key}`,
        'Bearer',
        'BimPlus',
      ]
      for (const value of [
        ...wrong,
        ...(scheme && !schemeOptional ? [key] : []),
        ...(scheme ? [`${scheme}${key}`] : []),
      ]) {
        expect((await create({ [header]: value })).status, value).toBe(401)
      }
      expect((await create({ 'X-Other': key })).status).toBe(401)
    })

    it('takes the scheme in any case', async () => {
      const { key } = await storeKey(contract, null)
      const value = scheme ? `${scheme.toUpperCase()} ${key}` : key
      expect((await create({ [header]: value })).status).toBeLessThan(300)
    })

    it('takes the key without the scheme only where the vendor does', async () => {
      const { key } = await storeKey(contract, null)
      const { status } = await create({ [header]: key })
      if (scheme === undefined || schemeOptional) expect(status).toBeLessThan(300)
      else expect(status).toBe(401)
    })

    it('keeps the key out of the log and the database', async () => {
      const { key } = await storeKey(contract, null)
      await send(service.origin, contract, { key, body: sampleBody(contract) })
      await send(service.origin, contract, { key, body: 'no JSON' })
      expect(service.logged()).not.toContain(key)
      const rows = await service.store.database.selectFrom('api_keys').selectAll().execute()
      expect(JSON.stringify(rows)).not.toContain(key)
    })

    it('answers with its 500 when the keys cannot be read, and says nothing of the fault', async () => {
      const { key } = await storeKey(contract, null)
      const { schema } = service.store.database
      await schema.alterTable('api_keys').renameTo('away').execute()
      const answer = await send(service.origin, contract, { key, body: sampleBody(contract) })
      await schema.alterTable('away').renameTo('api_keys').execute()
      const expected = await contract.refuse({ kind: 'internal' }, { isTaken: async () => false })
      expect({ status: answer.status, body: answer.json() }).toEqual({ status: 500, body: expected.body })
    })
  })
}
