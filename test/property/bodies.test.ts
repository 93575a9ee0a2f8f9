import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { type Mutation, mutationsOf, within } from '../support/break-one-rule.ts'
import { requestSchemaOf } from '../support/exchanges.ts'
import { send } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

/** What a slice's valid-body.ts exports. */
interface Generator {
  readonly validBody: fc.Arbitrary<Record<string, unknown>>
  /** Objects inside a body whose rules are in a component schema, such as GraphQL's inputs. */
  readonly inputs?: readonly { readonly path: readonly string[]; readonly schema: string }[]
}

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

for (const contract of contracts) {
  describe(contract.name, async () => {
    const document = readDocument(contract.name)
    const generator: Generator = await import(`../../src/contracts/${contract.name}/valid-body.ts`)
    const { validBody, inputs = [] } = generator
    const mutations = [
      ...mutationsOf(document, requestSchemaOf(contract)),
      ...inputs.flatMap(({ path, schema }) =>
        mutationsOf(document, { $ref: `#/components/schemas/${schema}` }).map((mutation) =>
          path.reduceRight<Mutation>((inner, property) => within(property, inner), mutation),
        ),
      ),
    ]

    it('accepts every valid body', async () => {
      const key = await service.keyFor(contract)
      await fc.assert(
        fc.asyncProperty(validBody, async (body) => {
          const { status, text } = await send(service.origin, contract, { key, body })
          expect(status, text).toBeLessThan(300)
        }),
      )
    })

    it.each(mutations)('refuses a body where $property $claim, and names it', async ({ property, apply }) => {
      const key = await service.keyFor(contract)
      await fc.assert(
        fc.asyncProperty(validBody, async (body) => {
          const { status, text } = await send(service.origin, contract, { key, body: apply(body) })
          expect(status, text).toBe(400)
          expect(text).toContain(property)
        }),
        { numRuns: 5 },
      )
    })

    it('has stored nothing of what it refused', async () => {
      const before = await count()
      const key = await service.keyFor(contract)
      for (const { apply } of mutations) {
        for (const body of fc.sample(validBody, 2)) await send(service.origin, contract, { key, body: apply(body) })
      }
      expect(await count()).toBe(before)
    })
  })
}

async function count(): Promise<number> {
  const { users } = await service.store.database
    .selectFrom('users')
    .select((select) => select.fn.countAll<number>().as('users'))
    .executeTakeFirstOrThrow()
  return users
}
