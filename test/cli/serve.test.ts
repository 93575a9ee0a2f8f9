import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { openStore } from '../../src/store/store.ts'
import { root } from '../support/copy-project.ts'
import { createKey } from '../support/create-key.ts'
import { listening, type Running, run, serve, stop } from '../support/rollcall.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'

let cwd: string
let running: Running[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-serve-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  rmSync(cwd, { recursive: true })
})

async function serving(env: Record<string, string> = {}) {
  const service = await serve({ cwd, env })
  running.push(service)
  return service
}

const curlsIn = (text: string) => text.split('\n').filter((line) => line.startsWith('curl '))

it('prints a curl for each contract at its first start, and each creates a user when pasted', async () => {
  const first = await serving()
  const curls = curlsIn(first.stdout())
  expect(curls).toHaveLength(contracts.length)
  for (const curl of curls) {
    const { stdout } = spawnSync('sh', ['-c', `${curl} -s -o /dev/null -w '%{http_code}'`], { encoding: 'utf8' })
    expect(stdout, curl).toMatch(/^20[01]$/)
  }
  const listed = JSON.parse((await run(['users', 'list', '--json'], { cwd })).stdout)
  expect(new Set(listed.map(({ contract }: { contract: string }) => contract))).toEqual(
    new Set(contracts.map(({ name }) => name)),
  )

  await stop(first)
  const second = await serving()
  expect(curlsIn(second.stdout())).toEqual([])
})

it('makes no key in production, and says how to make one', async () => {
  const { stdout, stderr } = await serving({ NODE_ENV: 'production' })
  expect(stdout()).toMatch(/^Rollcall listens on http:\/\/127\.0\.0\.1:\d+\n$/)
  // What is logged in one turn of the event loop is written at its end.
  await expect.poll(stderr).toContain('main.js keys create <contract>')
  expect((await run(['keys', 'list', '--json'], { cwd })).stdout).toBe('[]\n')
})

it('makes one set of keys when two processes start at once', async () => {
  const services = await Promise.all([serving(), serving()])
  expect(services.flatMap(({ stdout }) => curlsIn(stdout()))).toHaveLength(contracts.length)
  expect(JSON.parse((await run(['keys', 'list', '--json'], { cwd })).stdout)).toHaveLength(contracts.length)
})

it('takes a key made while it runs, and refuses it once it is revoked', async () => {
  const { origin } = await serving()
  for (const contract of contracts) {
    const { id, key } = await createKey(contract, { cwd })
    expect((await send(origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
    expect((await run(['keys', 'revoke', id], { cwd })).code).toBe(0)
    const refused = async () => (await send(origin, contract, { key, body: sampleBody(contract) })).status
    await expect.poll(refused, { timeout: 2_500 }).toBe(401)
  }
})

it('keeps users and keys over a restart, and its operators can read them', async () => {
  const before = await serving()
  const made: { contract: Contract; key: string }[] = []
  for (const contract of contracts) {
    const { key } = await createKey(contract, { cwd })
    await send(before.origin, contract, { key, body: sampleBody(contract) })
    made.push({ contract, key })
  }
  await stop(before)

  const after = await serving()
  for (const { contract, key } of made) {
    expect((await send(after.origin, contract, { key, body: sampleBody(contract) })).status).toBeGreaterThan(399)
  }
  const { stdout } = await run(['users', 'export'], { cwd })
  const exported = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(exported.map(({ contract }) => contract)).toEqual(contracts.map(({ name }) => name).sort())
  expect(stdout).not.toContain('$argon2id$')
  const [{ name }] = contracts as [Contract]
  const one = await run(['users', 'list', '--contract', name, '--limit', '1', '--json'], { cwd })
  expect(JSON.parse(one.stdout)).toMatchObject([{ contract: name }])
  expect((await run(['users', 'list'], { cwd })).stdout.trim().split('\n')).toHaveLength(contracts.length + 1)
})

it('exports to a reader that stops early without a failure', async () => {
  const { origin } = await serving()
  const [contract] = contracts as [Contract]
  const { key } = await createKey(contract, { cwd })
  await send(origin, contract, { key, body: sampleBody(contract) })
  const main = join(import.meta.dirname, '../../dist/src/main.js')
  const child = spawn('bash', ['-o', 'pipefail', '-c', `node ${main} users export | true`], { cwd })
  expect((await once(child, 'close'))[0]).toBe(0)
})

it.each(['SIGTERM', 'SIGINT'] as const)(
  'finishes the request in flight on %s, closes and exits with 0',
  async (signal) => {
    const service = await serving()
    const [contract] = contracts as [Contract]
    const { key } = await createKey(contract, { cwd })
    const body = JSON.stringify(sampleBody(contract))
    const { credential } = contract
    const value = credential.scheme ? `${credential.scheme} ${key}` : key
    const socket = connect(Number(new URL(service.origin).port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text
    })
    socket.write(
      `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\n${credential.header}: ${value}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nExpect: 100-continue\r\n\r\n`,
    )
    await once(socket, 'data')
    expect(answer).toContain('100 Continue')
    service.process.kill(signal)
    await expect.poll(() => service.stderr()).toContain('closing')
    socket.write(body)
    const { code } = await service.ended
    expect(answer).toMatch(/HTTP\/1\.1 20[01] /)
    expect(code).toBe(0)
    expect(JSON.parse((await run(['users', 'list', '--json'], { cwd })).stdout)).toHaveLength(1)
  },
)

it('ends soon on SIGTERM, whatever connections are open, and cuts no request', async () => {
  const service = await serving()
  const [contract] = contracts as [Contract]
  const { key } = await createKey(contract, { cwd })
  const silent = connect(Number(new URL(service.origin).port), '127.0.0.1').on('error', () => {})
  const statuses: number[] = []
  let stopping = false
  // Connections that are kept alive and never rest.
  const clients = Array.from({ length: 8 }, async () => {
    while (!stopping || statuses.length === 0) {
      const sent = send(service.origin, contract, { key, body: sampleBody(contract) })
      const answer = await sent.catch((error) => error.cause)
      if (answer.status) statuses.push(answer.status)
      else if (answer.code === 'ECONNREFUSED') return
    }
  })
  await expect.poll(() => statuses.length).toBeGreaterThan(50)
  const signalled = performance.now()
  service.process.kill('SIGTERM')
  expect((await service.ended).code).toBe(0)
  expect(performance.now() - signalled).toBeLessThan(3_000)
  stopping = true
  await Promise.all(clients)
  silent.destroy()
  expect(service.stderr()).not.toContain('request aborted')
})

it('logs one JSON line a request on stderr, with nothing secret in it', async () => {
  const service = await serving()
  const markers = ['key-marker', 'query-marker', 'body-marker', 'path-marker']
  for (const contract of contracts) {
    const { key } = await createKey(contract, { cwd })
    markers.push(key)
    await send(service.origin, contract, {
      key,
      body: sampleBody(contract),
      headers: { 'X-Request-Id': contract.name },
    })
    await send(service.origin, contract, {
      key: 'key-marker',
      body: '{"body-marker":',
      path: `${pathOf(contract)}?query-marker`,
    })
    await send(service.origin, contract, {
      key,
      body: { 'body-marker': 'body-marker' },
      path: `${pathOf(contract)}?query-marker`,
    })
    await send(service.origin, contract, { path: '/path-marker' })
    const passwords = JSON.stringify(sampleBody(contract)).match(/(?<="password":")[^"]+/g) ?? []
    markers.push(...passwords.filter((password) => password.length > 4))
  }
  const { stderr } = await stop(service)
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const requests = lines.filter(({ msg }) => msg === 'request')
  expect(requests).toHaveLength(contracts.length * 4)
  for (const { name } of contracts) {
    expect(requests.find(({ id }) => id === name)).toMatchObject({
      contract: name,
      operation: expect.any(String),
      status: expect.any(Number),
      durationMs: expect.any(Number),
    })
  }
  for (const marker of markers) expect(stderr).not.toContain(marker)
})

it('ends when npm is told to end', async () => {
  const npm = spawn('npm', ['start', '--', '--port', '0'], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: 'sqlite::memory:' },
  })
  let stdout = ''
  npm.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  await expect.poll(() => stdout, { timeout: 30_000 }).toContain('Rollcall listens on')
  const [, origin = ''] = /Rollcall listens on (\S+)/.exec(stdout) ?? []
  npm.kill('SIGTERM')
  await once(npm, 'close')
  await expect(fetch(origin)).rejects.toThrow()
})

it('ends with 1 when the first keys cannot be made', async () => {
  const { database } = await openStore(`sqlite:${join(cwd, 'data', 'rollcall.db')}`)
  await sql`create trigger refuse before insert on api_keys begin select raise(abort, 'no'); end`.execute(database)
  await database.destroy()
  expect(await run(['serve', '--port', '0'], { cwd })).toMatchObject({ code: 1, stdout: '' })
})

it('limits a key by RATE_LIMIT, and believes a proxy by TRUST_PROXY', async () => {
  const { origin } = await serving({ RATE_LIMIT: '1', TRUST_PROXY: '1' })
  for (const contract of contracts) {
    const { key } = await createKey(contract, { cwd })
    expect((await send(origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
    expect((await send(origin, contract, { key, body: sampleBody(contract) })).status).toBe(429)
  }
  const [contract] = contracts as [Contract]
  // One address fails more often than any contract allows; another one may still fail.
  const fail = async (address: string) =>
    (await send(origin, contract, { body: {}, headers: { 'X-Forwarded-For': address } })).status
  for (let time = 0; time < 60; time++) await fail('192.0.2.1')
  expect([await fail('192.0.2.1'), await fail('192.0.2.2')]).toEqual([429, 401])
})

it("limits a key as its document says, the sandbox's too", async () => {
  for (const args of [[], ['--sandbox']]) {
    const service = await listening(['serve', ...args], { cwd })
    running.push(service)
    const [curl = ''] = curlsIn(service.stdout()).filter((line) => line.includes('X-Invois-Key'))
    const [, key] = /X-Invois-Key: ([^']+)/.exec(curl) ?? []
    const bizcare = contracts.find(({ name }) => name === 'bizcare') as Contract
    const { headers } = await send(service.origin, bizcare, { key: key ?? '', body: sampleBody(bizcare) })
    expect(headers.get('X-RateLimit-Limit')).toBe('1000')
  }
})

it('fails with 1 when the port is taken', async () => {
  const { origin } = await serving()
  const { code, stderr } = await run(['serve', '--port', new URL(origin).port], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain('EADDRINUSE')
})
