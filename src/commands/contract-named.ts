import { UsageError } from '../config.ts'
import type { Contract } from '../contracts/contract.ts'
import { contracts } from '../contracts/index.ts'

/** The contract of that name; a UsageError names those there are. */
export function contractNamed(name: string): Contract {
  const contract = contracts.find((candidate) => candidate.name === name)
  if (contract) return contract
  throw new UsageError(`there is no contract "${name}": use one of ${contracts.map(({ name }) => name).join(', ')}`)
}
