import { randomBytes } from 'node:crypto'
import { UsageError } from '../config.ts'
import type { CallerRule, Contract } from '../contracts/contract.ts'
import type { NewKey } from '../store/key-store.ts'

/** Who a key is for, as given on the command line. */
interface KeyHolder {
  readonly role?: string | undefined
  readonly tenant?: string | undefined
}

/** A new key for a holder that the contract allows; a UsageError says what it allows. */
export function newKey(contract: Contract, holder: KeyHolder, label: string, expiresAt: Date | null): NewKey {
  const { role, tenant } = demandHolder(contract, holder)
  return { contract: contract.name, key: contract.credential.newKey(randomBytes), label, role, tenant, expiresAt }
}

function demandHolder(contract: Contract, holder: KeyHolder): { role: string | null; tenant: string | null } {
  const rule = contract.callers.find(({ role }) => role === (holder.role ?? null))
  if (!rule) throw new UsageError(`a key of ${contract.name} needs ${contract.callers.map(describe).join(', or ')}`)
  const tenant = holder.tenant ?? null
  if (rule.tenant === null ? tenant !== null : tenant === null || !rule.tenant.accepts(tenant)) {
    throw new UsageError(`a key of ${contract.name} needs ${describe(rule)}`)
  }
  return { role: rule.role, tenant }
}

function describe({ role, tenant }: CallerRule): string {
  const words = [
    role === null ? 'no --role' : `--role ${role}`,
    tenant === null ? 'no --tenant' : `--tenant with ${tenant.description}`,
  ]
  return words.join(' and ')
}
