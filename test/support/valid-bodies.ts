import fc from 'fast-check'
import type { Contract } from '../../src/contracts/contract.ts'

/** So many bodies that a contract accepts, made by its generator: the same each time. */
export async function validBodies(contract: Contract, numRuns: number): Promise<readonly Record<string, unknown>[]> {
  const { validBody } = await import(`../../src/contracts/${contract.name}/valid-body.ts`)
  return fc.sample(validBody as fc.Arbitrary<Record<string, unknown>>, { numRuns, seed: 20_261_123 })
}
