import { type Config, UsageError } from '../config.ts'
import type { Contract } from '../contracts/contract.ts'
import { ajv } from '../http/ajv.ts'
import { readKey, writeKey } from '../http/read-key.ts'
import type { StoredKey } from '../store/key-store.ts'
import { contractNamed } from './contract-named.ts'
import { newKey } from './new-key.ts'
import { printTable } from './print-table.ts'
import { readSecret } from './read-secret.ts'
import { withStore } from './with-store.ts'

interface CreateOptions {
  readonly label?: string
  readonly tenant?: string
  readonly role?: string
  readonly expires?: string
  readonly json?: true
}

/** Makes a key and shows it, this once: alone on stdout, or with `--json` in an object with its row. */
export async function createKey(name: string, options: CreateOptions, config: Config): Promise<void> {
  const contract = contractNamed(name)
  const made = newKey(contract, options, options.label ?? '', parseExpiry(options.expires))
  await withStore(config, async ({ keys }) => {
    const [row] = await keys.insert([made], new Date())
    if (!row) throw new Error('the key was not stored')
    if (options.json) return console.log(JSON.stringify(shown(row, made.key)))
    console.log(made.key)
    console.error(`Key ${row.id} of ${contract.name}. It is not shown again. Send it as:`)
    console.error(`  ${contract.credential.header}: ${writeKey('<key>', contract.credential)}`)
  })
}

/** Takes a credential from stdin as a key, so that clients need no new one. It is never shown. */
export async function importKey(name: string, options: CreateOptions, config: Config): Promise<void> {
  const contract = contractNamed(name)
  const made = newKey(contract, options, options.label ?? '', parseExpiry(options.expires))
  const key = demandCredential(contract, await readSecret(`The credential for ${name}, one line, not shown:`))
  await withStore(config, async ({ keys }) => {
    const now = new Date()
    const [row] = await keys.insert([{ ...made, key }], now)
    if (!row) {
      const holder = await keys.find(name, key, now)
      const where = holder ? `as key ${holder.keyId}` : 'as a key that has ended, or as one of another contract'
      throw new Error(`the credential is there already, ${where}: nothing has changed`)
    }
    if (options.json) console.log(JSON.stringify(row))
    console.error(`Key ${row.id} of ${name} is imported. Send it as:`)
    console.error(`  ${contract.credential.header}: ${writeKey('<key>', contract.credential)}`)
  })
}

/** Lists every key, revoked and expired ones too, never the key itself. */
export async function listKeys(options: { readonly json?: true }, config: Config): Promise<void> {
  await withStore(config, async ({ keys }) => {
    const rows = await keys.list()
    if (options.json) console.log(JSON.stringify(rows))
    else printTable(['id', 'contract', 'label', 'role', 'tenant', 'created_at', 'expires_at', 'revoked_at'], rows)
  })
}

/** Revokes a key for good. A running service refuses it two seconds later at the latest. */
export async function revokeKey(id: string, config: Config): Promise<void> {
  await withStore(config, async ({ keys }) => {
    if ((await keys.revoke(id, new Date())) === 'unknown') throw new Error(`there is no key "${id}"`)
    console.error(`Key ${id} is revoked.`)
  })
}

function shown({ id, contract, ...rest }: StoredKey, key: string) {
  return { id, contract, key, ...rest }
}

// Keys are hashed fast, as fits what is random. What is shorter could be found by trying.
const credentialCharsMin = 16
// Node takes 16 KiB of headers in all.
const credentialCharsMax = 4_096

function demandCredential({ name, credential }: Contract, key: string): string {
  if (key.length < credentialCharsMin || key.length > credentialCharsMax) {
    throw new UsageError(`a credential has ${credentialCharsMin} to ${credentialCharsMax} characters`)
  }
  const header = { [credential.header.toLowerCase()]: writeKey(key, credential) }
  if (!/^[!-~]([ -~]*[!-~])?$/.test(key) || readKey(header, credential) !== key) {
    const spaces = credential.scheme === undefined ? 'none at its ends' : 'none'
    throw new UsageError(`a credential of ${name} is one line of visible ASCII characters; of spaces, ${spaces}`)
  }
  return key
}

const isDate = ajv.compile({ anyOf: [{ format: 'date' }, { format: 'date-time' }] })

function parseExpiry(value: string | undefined): Date | null {
  if (value === undefined) return null
  const date = new Date(value)
  if (!isDate(value) || date <= new Date()) {
    throw new UsageError(
      `--expires must be a date to come (2027-01-31, midnight UTC, or 2027-01-31T12:00:00Z), not "${value}"`,
    )
  }
  return date
}
