import type { Contract } from '../../src/contracts/contract.ts'
import { type Options, run } from './rollcall.ts'

/** Makes a key for the contract's first kind of caller, by the command line. */
export async function createKey(contract: Contract, options: Options): Promise<{ id: string; key: string }> {
  const [{ role, tenant }] = contract.callers
  const holder = [...(role ? ['--role', role] : []), ...(tenant ? ['--tenant', tenant.example] : [])]
  return JSON.parse((await run(['keys', 'create', contract.name, ...holder, '--json'], options)).stdout)
}
