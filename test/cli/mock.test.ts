import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { contracts } from '../../src/contracts/index.ts'
import { copyProject, root } from '../support/copy-project.ts'
import { type Exchange, exchangesOf, play } from '../support/exchanges.ts'
import { listening, type Running, run, stop } from '../support/rollcall.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'

let cwd: string
let running: Running[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-mock-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  rmSync(cwd, { recursive: true })
})

async function mocking(args: readonly string[] = [], checkout = root) {
  const mock = await listening(['mock', ...args], { cwd, checkout })
  running.push(mock)
  return mock
}

const [first, second] = contracts as [Contract, Contract]
const valid = { key: 'any', body: sampleBody(first) }

it('needs no database and no keys, and is ready in less than five seconds', async () => {
  const began = performance.now()
  const { origin, stdout } = await mocking()
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(stdout()).toMatch(/^Rollcall mock listens on http:\/\/127\.0\.0\.1:\d+\n$/)
  for (const contract of contracts) {
    const answer = await send(origin, contract, { key: 'any', body: sampleBody(contract) })
    expect(answer.status, answer.text).toBeLessThan(300)
  }
  expect(existsSync(join(cwd, 'data'))).toBe(false)
})

it('mocks only the contracts that are named', async () => {
  const { origin } = await mocking(['--only', first.name])
  expect((await send(origin, first, valid)).status).toBeLessThan(300)
  expect((await send(origin, second, { key: 'any', body: sampleBody(second) })).status).toBe(404)
})

it('waits as long as it is told to', async () => {
  const { origin } = await mocking(['--delay', '300-400'])
  const began = performance.now()
  await send(origin, first, valid)
  expect(performance.now() - began).toBeGreaterThanOrEqual(299)
})

it('makes up the same values from the same seed', async () => {
  const texts = []
  for (const seed of ['1', '1', '2']) {
    const { origin } = await mocking(['--dynamic', '--seed', seed])
    texts.push((await send(origin, first, valid)).text)
  }
  expect(texts[0]).toBe(texts[1])
  expect(texts[0]).not.toBe(texts[2])
})

it.each([
  { args: ['--only', 'acme'], says: 'acme' },
  { args: ['--delay', 'long'], says: '--delay' },
  { args: ['--delay', '800-200'], says: '--delay' },
  { args: ['--port', 'http'], says: '--port' },
])('refuses $args as wrong usage', async ({ args, says }) => {
  const { code, stderr } = await run(['mock', ...args], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})

it('lets browsers of any origin in, and shows them the headers of the contracts', async () => {
  const { origin } = await mocking()
  const preflight = await fetch(`${origin}${pathOf(first)}`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'http://localhost:5173',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type,prefer',
    },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('POST')
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('content-type,prefer')
  const refused = await send(origin, first, { body: {}, headers: { Origin: 'http://localhost:5173' } })
  expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(refused.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After')
})

describe('--watch', () => {
  const copy = copyProject()
  cpSync(join(root, 'dist'), join(copy.folder, 'dist'), { recursive: true })
  afterEach(() => cpSync(join(root, 'openapi'), join(copy.folder, 'openapi'), { recursive: true }))

  const yaml = join(copy.folder, 'openapi/garmat/openapi.yaml')
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(file, change(readFileSync(file, 'utf8')))

  it('reloads a document that has changed, without writing it, and keeps the last good one', async () => {
    const generated = join(copy.folder, 'generated/garmat/openapi.json')
    const before = readFileSync(generated, 'utf8')
    const mock = await mocking(['--watch'], copy.folder)
    const garmat = contracts.find(({ name }) => name === 'garmat') as Contract
    const text = async () => (await send(mock.origin, garmat, { key: 'any', body: sampleBody(garmat) })).text
    const poll = { timeout: 20_000, interval: 50 }

    edit(yaml, (text) => text.replaceAll('b10fdb8cf4', 'b10fdb8cf5'))
    await expect.poll(text, poll).toContain('b10fdb8cf5')

    edit(yaml, (text) => text.replace('enum: [active, deactivated]', 'enum: active'))
    await expect.poll(mock.stderr, poll).toMatch(/openapi\/garmat\/openapi\.yaml:\d+:\d+ Expected type `array`/)
    edit(yaml, (text) => `${text}\n  - no YAML: [`)
    await expect.poll(mock.stderr, poll).toMatch(/stay:\n(?:.*\n)*.*openapi\/garmat\/openapi\.yaml:\d+:\d+ .*\n$/)
    expect(await text()).toContain('b10fdb8cf5')

    const graphql = join(copy.folder, 'openapi/orbvpn/schema.graphql')
    cpSync(join(root, 'openapi/garmat'), join(copy.folder, 'openapi/garmat'), { recursive: true })
    await expect.poll(text, poll).toContain('b10fdb8cf4')
    edit(graphql, (text) => `${text}\ntype {`)
    await expect.poll(mock.stderr, poll).toMatch(/schema\.graphql:\d+:\d+/)
    expect(readFileSync(generated, 'utf8')).toBe(before)
  })

  it('reloads a schema that was broken before any request, once it is mended', async () => {
    const mock = await mocking(['--watch'], copy.folder)
    const orbvpn = contracts.find(({ name }) => name === 'orbvpn') as Contract
    const graphql = join(copy.folder, 'openapi/orbvpn/schema.graphql')
    const poll = { timeout: 20_000, interval: 50 }
    const status = async () => (await send(mock.origin, orbvpn, { key: 'any', body: sampleBody(orbvpn) })).status

    edit(graphql, (text) => `${text}\ntype {`)
    await expect.poll(mock.stderr, poll).toMatch(/schema\.graphql:\d+:\d+/)
    expect(await status()).toBe(200)
    edit(graphql, (text) => text.replace('\ntype {', '').replace('userProfile:', 'profile:'))
    await expect.poll(status, poll).toBe(400)
  })
})

it.each(contracts)('is not needed for the document of $name: plain Prism takes it as it is', async (contract) => {
  const port = await freePort()
  const document = join(root, 'generated', contract.name, 'openapi.json')
  const prism = spawn('npx', ['prism', 'mock', document, '--port', String(port)], { cwd: root, detached: true })
  try {
    let output = ''
    prism.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    await expect.poll(() => output, { timeout: 30_000 }).toContain('Prism is listening')
    const [exchange] = exchangesOf(contract) as [Exchange]
    const origin = { origin: `http://127.0.0.1:${port}`, keyFor: async () => 'any' }
    const answer = await play(origin, { ...exchange, howTo: {} })
    expect({ status: answer.status, body: answer.body }).toEqual({ status: exchange.status, body: exchange.value })
  } finally {
    process.kill(-(prism.pid as number))
    await once(prism, 'close')
  }
})

describe('the sandbox', () => {
  it('has the same key each time for every kind of caller, and forgets its users', async () => {
    const printed: string[] = []
    for (const round of [1, 2]) {
      const sandbox = await listening(['serve', '--sandbox'], { cwd })
      running.push(sandbox)
      const curls = sandbox
        .stdout()
        .split('\n')
        .filter((line) => line.startsWith('curl '))
      expect(curls).toHaveLength(contracts.flatMap(({ callers }) => callers).length)
      printed.push(sandbox.stdout().replaceAll(sandbox.origin, ''))
      const [curl] = curls
      const status = () =>
        spawnSync('sh', ['-c', `${curl} -s -o /dev/null -w '%{http_code}'`], { encoding: 'utf8' }).stdout
      expect(status(), `round ${round}`).toMatch(/^20[01]$/)
      expect(status(), `round ${round}`).toMatch(/^4/)
    }
    expect(printed[0]).toBe(printed[1])
    expect(existsSync(join(cwd, 'data'))).toBe(false)
  })

  it('does not start in production', async () => {
    const { code, stderr } = await run(['serve', '--sandbox'], { cwd, env: { NODE_ENV: 'production' } })
    expect(code).toBe(2)
    expect(stderr).toContain('production')
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
