import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { sampleBody, send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

describe.each(DATABASES)('on $name', ({ create }) => {
  let database: TestDatabase
  let service: Service
  beforeAll(async () => {
    database = await create()
    service = await startService({ databaseUrl: database.url })
  })
  afterAll(async () => {
    await service.close()
    await database.remove()
  })

  describe.each(contracts)('$name', (contract) => {
    it('creates one user of fifty equal requests at once, and answers the rest with its duplicate', async () => {
      const key = await service.keyFor(contract)
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => send(service.origin, contract, { key, body: sampleBody(contract) })),
      )
      const created = answers.filter(({ status }) => status < 300)
      const refused = answers.filter(({ status }) => status >= 400)
      expect(created).toHaveLength(1)
      expect(refused).toHaveLength(49)
      const duplicate = await send(service.origin, contract, { key, body: sampleBody(contract) })
      for (const answer of refused) {
        expect({ status: answer.status, text: answer.text }).toEqual({ status: duplicate.status, text: duplicate.text })
      }

      const rows = await service.store.database
        .selectFrom('users')
        .selectAll()
        .where('contract', '=', contract.name)
        .execute()
      expect(rows).toHaveLength(1)
    })
  })
})
