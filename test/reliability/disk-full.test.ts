import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { garmat } from '../../src/contracts/garmat/contract.ts'
import type { StoredUser } from '../../src/store/user-store.ts'
import { createKey } from '../support/create-key.ts'
import { SQLITE } from '../support/databases.ts'
import { type Options, serve, stop } from '../support/rollcall.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/start-service.ts'
import { inFull, isFull } from './in-full.ts'
import { startLoad } from './load.ts'
import { record } from './record.ts'
import { repeatsOf } from './repeats-of.ts'
import { storedUsers, tally, usersIn } from './tally.ts'

const times = inFull(10, 2)

/** A service whose database has only so much room. */
interface Cramped {
  readonly origin: () => string
  readonly keyFor: (contract: Contract) => Promise<string>
  readonly fill: () => Promise<void>
  readonly makeRoom: () => Promise<void>
  readonly users: () => Promise<readonly StoredUser[]>
  readonly close: () => Promise<void>
}

/** SQLite is allowed no further page. The connection has to be told, so the service runs in this process. */
async function crampedByPages(): Promise<Cramped> {
  const database = await SQLITE.create()
  const { origin, keyFor, store, close } = await startService({ databaseUrl: database.url })
  const allow = (pages: number) => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(store.database)
  return {
    origin: () => origin,
    keyFor,
    // SQLite makes it the number of pages there are.
    fill: async () => void (await allow(1)),
    makeRoom: async () => void (await allow(1_073_741_823)),
    users: () => usersIn(store),
    async close() {
      await close()
      await database.remove()
    },
  }
}

/** The database has a file system of its own, which another file fills: a tmpfs that only the service sees. */
async function crampedByFileSystem(): Promise<Cramped> {
  const cwd = mkdtempSync(join(tmpdir(), 'rollcall-full-'))
  const disk = join(cwd, 'disk')
  mkdirSync(disk)
  const program = (name: string, command: string) => {
    const path = join(cwd, name)
    writeFileSync(path, `#!/bin/sh\n${command}\n`)
    chmodSync(path, 0o755)
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, node: path }
  }
  const mount = `mount -t tmpfs -o size=24m tmpfs ${disk} && exec ${process.execPath} "$@"`
  const env = { DATABASE_URL: `sqlite:${disk}/rollcall.db`, RATE_LIMIT: 'off', LOG_LEVEL: 'fatal' }
  const service = await serve({
    cwd,
    env,
    identity: program('mounting', `exec unshare -r -m sh -c '${mount}' sh "$@"`),
  })
  const { pid } = service.process
  const inside = program('inside', `exec nsenter -t ${pid} -U -m --preserve-credentials ${process.execPath} "$@"`)
  const options: Options = { cwd, env, identity: inside }
  const seen = `/proc/${pid}/root${disk}`
  return {
    origin: () => service.origin,
    keyFor: async (contract) => (await createKey(contract, options)).key,
    async fill() {
      const { bavail, bsize } = statfsSync(seen)
      // The service writes too: whoever takes the last block, the disk is full.
      try {
        writeFileSync(`${seen}/other`, Buffer.alloc(bavail * bsize))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    makeRoom: async () => rmSync(`${seen}/other`),
    users: () => storedUsers(options),
    async close() {
      expect((await stop(service)).code).toBe(0)
      rmSync(cwd, { recursive: true })
    },
  }
}

// What another file system needs, not every machine that tests has.
const WAYS = [
  { way: 'no page left (max_page_count)', open: crampedByPages },
  ...(isFull ? [{ way: 'no space left on a file system (tmpfs)', open: crampedByFileSystem }] : []),
]

describe.each(WAYS)('with $way', ({ way, open }) => {
  it('a service answers 503 until there is room, and keeps what it answered for', async () => {
    const service = await open()
    let unavailable = 0
    let withoutRetryAfter = 0
    const load = await startLoad({
      ...service,
      onReply(status, headers) {
        if (status !== 503) return
        unavailable += 1
        if (headers.get('Retry-After') === null) withoutRetryAfter += 1
      },
    })
    for (let time = 0; time < times; time++) {
      const [before, unavailableBefore] = [load.acknowledged(), unavailable]
      await expect.poll(() => load.acknowledged() - before, { interval: 5 }).toBeGreaterThan(200)
      await service.fill()
      await expect.poll(() => unavailable - unavailableBefore, { interval: 5 }).toBeGreaterThan(300)
      const wrong = await send(service.origin(), garmat, { key: 'nobody', body: {} })
      expect(wrong.status).toBe(401)
      await service.makeRoom()
    }
    const before = load.acknowledged()
    await expect.poll(() => load.acknowledged() - before, { interval: 5 }).toBeGreaterThan(200)
    await load.stop()
    const repeats = await repeatsOf(load)
    const found = tally(load.attempts, await service.users())
    await service.close()

    record('full', { 'what is full': way, times, ...found, '503s': unavailable })
    expect(found).toMatchObject({ lost: 0, unwanted: 0, unexpected: 0, 'stored unacknowledged': 0 })
    expect(withoutRetryAfter).toBe(0)
    expect(load.attempts.filter(({ cut }) => cut > 0)).toEqual([])
    expect(repeats.same).toBe(repeats.asked)
  })
})
