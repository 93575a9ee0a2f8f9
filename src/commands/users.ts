import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config.ts'
import type { StoredUser } from '../store/user-store.ts'
import { contractNamed } from './contract-named.ts'
import { printTable } from './print-table.ts'
import { withStore } from './with-store.ts'

interface ListOptions {
  readonly contract?: string
  readonly limit: number
  readonly json?: true
}

/** Lists users in the order of contract and id: a table, or with `--json` an array. */
export async function listUsers({ contract, limit, json }: ListOptions, config: Config): Promise<void> {
  if (contract !== undefined) contractNamed(contract)
  await withStore(config, async ({ users }) => {
    const rows: StoredUser[] = []
    for await (const user of users.stream({ contract, limit })) rows.push(user)
    if (rows.length === limit) console.error(`The first ${limit}: --limit asks for more, "users export" for all.`)
    if (json) return console.log(JSON.stringify(rows))
    const told = rows.map((user) => ({ ...user, profile: JSON.stringify(user.profile) }))
    printTable(['contract', 'id', 'tenant', 'created_at', 'profile'], told)
  })
}

interface ExportOptions {
  readonly contract?: string
  readonly withPasswordHashes?: true
}

/** Writes users to stdout as JSON Lines, one at a time, however many there are. */
export async function exportUsers({ contract, withPasswordHashes }: ExportOptions, config: Config): Promise<void> {
  if (contract !== undefined) contractNamed(contract)
  await withStore(config, async ({ users }) => {
    async function* lines() {
      for await (const user of users.stream({ contract, withPasswordHashes })) yield `${JSON.stringify(user)}\n`
    }
    await pipeline(Readable.from(lines()), process.stdout, { end: false })
  })
}

/** Prints one user as JSON. */
export async function getUser(contract: string, id: string, config: Config): Promise<void> {
  contractNamed(contract)
  await withStore(config, async ({ users }) => {
    const user = await users.find(contract, id)
    if (!user) throw new Error(`${contract} has no user "${id}"`)
    console.log(JSON.stringify(user))
  })
}

/** Deletes a user for good. */
export async function deleteUser(contract: string, id: string, config: Config): Promise<void> {
  contractNamed(contract)
  await withStore(config, async ({ users }) => {
    if ((await users.delete(contract, id)) === 'unknown') throw new Error(`${contract} has no user "${id}"`)
    console.error(`User ${id} of ${contract} is deleted for good.`)
  })
}
