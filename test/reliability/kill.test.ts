import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKey } from '../support/create-key.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'
import { type Options, type Running, serve, stop } from '../support/rollcall.ts'
import { inFull } from './in-full.ts'
import { startLoad } from './load.ts'
import { record } from './record.ts'
import { repeatsOf } from './repeats-of.ts'
import { storedUsers, tally } from './tally.ts'

const kills = inFull(20, 2)

describe.each(DATABASES)('on $name', ({ name, create }) => {
  let database: TestDatabase
  let options: Options
  let service: Running & { readonly origin: string }
  beforeEach(async () => {
    database = await create()
    const cwd = mkdtempSync(join(tmpdir(), 'rollcall-kill-'))
    options = { cwd, env: { DATABASE_URL: database.url, RATE_LIMIT: 'off', LOG_LEVEL: 'error' } }
    service = await serve(options)
  })
  afterEach(async () => {
    await stop(service)
    await database.remove()
    rmSync(options.cwd, { recursive: true })
  })

  it('a service killed under load keeps every user that it answered for, once', async () => {
    const keyFor = async (contract: Parameters<typeof createKey>[0]) => (await createKey(contract, options)).key
    const load = await startLoad({ origin: () => service.origin, keyFor })
    for (let kill = 0; kill < kills; kill++) {
      const before = load.acknowledged()
      const wanted = 50 + Math.floor(Math.random() * 500)
      await expect.poll(() => load.acknowledged() - before, { interval: 1 }).toBeGreaterThan(wanted)
      service.process.kill('SIGKILL')
      await service.ended
      service = await serve(options)
    }
    await load.stop()
    const repeats = await repeatsOf(load)
    expect((await stop(service)).code).toBe(0)

    const { unexpected, ...found } = tally(load.attempts, await storedUsers(options))
    record('kill', { database: name, kills, ...found, 'replies given again': repeats.same })
    expect(found).toMatchObject({ lost: 0, unwanted: 0 })
    expect(unexpected).toBe(0)
    expect(repeats).toEqual({ same: repeats.asked, asked: repeats.asked })
    expect(repeats.asked).toBeGreaterThan(0)
    expect(load.attempts.filter(({ cut }) => cut > 0).length).toBeGreaterThan(0)
    if (database.url.startsWith('sqlite:')) {
      const file = new DatabaseSync(database.url.slice('sqlite:'.length))
      expect(file.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
      file.close()
    }
  })
})
