import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { garmat } from '../../src/contracts/garmat/contract.ts'
import { engineOf, openDatabase } from '../../src/store/database.ts'
import { createKey } from '../support/create-key.ts'
import { type Running, run, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'

let cwd: string
let running: Running[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-backup-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  rmSync(cwd, { recursive: true })
})

async function serving() {
  const service = await serve({ cwd })
  running.push(service)
  return service
}

async function integrityOf(file: string) {
  const database = openDatabase(await engineOf(`sqlite:${file}`))
  const { rows } = await sql`pragma integrity_check`.execute(database)
  await database.destroy()
  return rows
}

it('copies a database that is written to, and has every user that was answered before', async () => {
  const service = await serving()
  const { key } = await createKey(garmat, { cwd })
  const answered: string[] = []
  let loading = true
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let number = 0; loading; number += 1) {
      const body = { ...sampleBody(garmat), email: `${client}-${number}@example.com` }
      const reply = await send(service.origin, garmat, { key, body })
      expect(reply.status).toBe(200)
      answered.push((reply.json() as { id: string }).id)
    }
  })
  await expect.poll(() => answered.length).toBeGreaterThan(200)
  const before = [...answered]
  expect(await run(['backup', 'backup.db'], { cwd })).toMatchObject({ code: 0, stdout: '' })
  const during = answered.length - before.length
  loading = false
  await Promise.all(clients)
  expect(during).toBeGreaterThan(10)
  expect(statSync(join(cwd, 'backup.db')).mode & 0o777).toBe(0o600)
  expect(readdirSync(cwd).sort()).toEqual(['backup.db', 'data'])
  copyFileSync(join(cwd, 'backup.db'), join(cwd, 'checked.db'))
  expect(await integrityOf(join(cwd, 'checked.db'))).toEqual([{ integrity_check: 'ok' }])

  // Restored as README says, after the service was killed and has left its log behind.
  service.process.kill('SIGKILL')
  await service.ended
  const file = join(cwd, 'data', 'rollcall.db')
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  for (const log of [`${file}-wal`, `${file}-shm`]) rmSync(log)
  copyFileSync(join(cwd, 'backup.db'), file)
  const restored = await serving()
  const exported = (await run(['users', 'export'], { cwd })).stdout.trim().split('\n')
  const ids = new Set(exported.map((line) => JSON.parse(line).id))
  expect(before.filter((id) => !ids.has(id))).toEqual([])
  expect(ids.size).toBeLessThan(answered.length)
  const again = { ...sampleBody(garmat), email: '0-0@example.com' }
  expect((await send(restored.origin, garmat, { key, body: again })).status).toBe(400)
})

it.each(['backup.db', 'backup.db.partial'])('leaves %s alone when it is there', async (name) => {
  await run(['migrate'], { cwd })
  writeFileSync(join(cwd, name), 'precious')
  const { code, stderr } = await run(['backup', 'backup.db'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain(name)
  expect(readdirSync(cwd).sort()).toEqual([name, 'data'])
  expect(statSync(join(cwd, name)).size).toBe('precious'.length)
})

it('makes nothing when there is no database', async () => {
  expect(await run(['backup', 'backup.db'], { cwd })).toMatchObject({ code: 1, stdout: '' })
  expect(readdirSync(cwd)).toEqual([])
})

it.each([
  { url: 'postgres://user:very-secret@127.0.0.1:1/db', says: 'pg_dump' },
  { url: 'sqlite::memory:', says: 'memory' },
])('takes $url for wrong usage', async ({ url, says }) => {
  const { code, stderr } = await run(['backup', 'backup.db'], { cwd, env: { DATABASE_URL: url } })
  expect(code).toBe(2)
  expect(stderr).toContain(says)
  expect(existsSync(join(cwd, 'backup.db'))).toBe(false)
})
