import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, createConfig } from '@redocly/openapi-core'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { createApp } from '../../src/app.ts'
import { type ContractDocument, operationsOf, type ResponseNode } from '../../src/contracts/document.ts'
import { ajv } from '../../src/http/ajv.ts'
import { listen } from '../../src/http/listen.ts'
import { serveHealth } from '../../src/http/serve-health.ts'
import { createLog } from '../../src/log.ts'
import { engineOf, openDatabase } from '../../src/store/database.ts'
import { root } from '../support/copy-project.ts'
import { DATABASES, POSTGRES, type TestDatabase } from '../support/databases.ts'
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts'
import { listening, type Running, serve, stop } from '../support/rollcall.ts'

const { bundle: bundled } = await bundle({
  ref: join(root, 'openapi/operations.yaml'),
  config: await createConfig({}),
  dereference: true,
})
const document = bundled.parsed as ContractDocument
const operations = operationsOf(document)

/** Asks, and demands that the answer is as the document says. */
async function ask(origin: string, path: string, method = 'GET') {
  const response = await fetch(`${origin}${path}`, { method })
  const text = await response.text()
  const { operation } = operations.find((each) => each.path === path) as (typeof operations)[number]
  const documented = operation.responses[response.status] as ResponseNode

  const type = response.headers.get('Content-Type') ?? ''
  expect(Object.keys(documented.content ?? {})).toContain(type)
  for (const [name, { schema }] of Object.entries(documented.headers ?? {}) as [string, { schema: object }][]) {
    const value = response.headers.get(name)
    expect(ajv.validate(schema, 'type' in schema && schema.type === 'integer' ? Number(value) : value), name).toBe(true)
  }
  const body = method === 'HEAD' ? undefined : JSON.parse(text)
  if (body) expect(ajv.validate(documented.content?.[type]?.schema as object, body), text).toBe(true)
  else expect(text).toBe('')
  return { shown: `${operation.operationId} ${response.status}`, status: response.status, body }
}

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-health-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe.each(['serve', 'mock'] as const)('%s', (command) => {
  let running: Running & { readonly origin: string }
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-health-'))
    running = await listening([command], { cwd: folder })
  })
  afterAll(async () => {
    await stop(running)
    rmSync(folder, { recursive: true })
  })

  it.each([
    { path: '/health/live', body: { status: 'live' } },
    { path: '/health/ready', body: { status: 'ready' } },
    { path: '/version', body: { name: 'rollcall', version: packageJson.version } },
  ])('answers $path without a key, to HEAD too, and refuses other methods', async ({ path, body }) => {
    expect(await ask(running.origin, path)).toMatchObject({ status: 200, body })
    expect(await ask(running.origin, path, 'HEAD')).toMatchObject({ status: 200 })
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      expect(await ask(running.origin, path, method)).toMatchObject({ status: 405 })
    }
  })

  it('has these paths to the letter, whatever the query', async () => {
    expect((await fetch(`${running.origin}/health/live?a=b`)).status).toBe(200)
    for (const path of ['/health', '/health/', '/health/live/', '/Health/live', '/version/']) {
      const response = await fetch(`${running.origin}${path}`)
      expect({ status: response.status, type: response.headers.get('Content-Type') }, path).toEqual({
        status: 404,
        type: 'application/problem+json',
      })
    }
  })
})

it('takes no path from a contract', async () => {
  const owner = { name: 'one', serve: async () => ({ status: 200, body: 'of the contract' }) }
  const route = (path: string) => (path === '/version' ? owner : undefined)
  const otherwise = [serveHealth(async () => {})]
  const app = createApp(route, createLog('silent'), { otherwise })
  const { origin, close } = await listen(app.callback(), '127.0.0.1', 0)
  expect(await (await fetch(`${origin}/version`)).json()).toBe('of the contract')
  expect((await fetch(`${origin}/health/live`)).status).toBe(200)
  await close()
})

describe.each(DATABASES)('on $name', ({ create }) => {
  it('is not ready while the database lacks a migration, and is when it has one more', async () => {
    const database = await create()
    const service = await serve({ cwd, env: { DATABASE_URL: database.url } })
    const direct = openDatabase(await engineOf(database.url))
    await sql`insert into kysely_migration values ('999-from-a-newer-version', '2999-01-01')`.execute(direct)
    expect((await ask(service.origin, '/health/ready')).status).toBe(200)

    await sql`update kysely_migration set name = 'another' where name like '001-%'`.execute(direct)
    const refused = await ask(service.origin, '/health/ready')
    expect(refused.status).toBe(503)
    expect(JSON.stringify(refused.body)).not.toContain('001-')
    expect((await ask(service.origin, '/health/live')).status).toBe(200)

    await sql`update kysely_migration set name = '001-users-and-keys' where name = 'another'`.execute(direct)
    expect((await ask(service.origin, '/health/ready')).status).toBe(200)
    await direct.destroy()
    const { stderr } = await stop(service)
    expect(stderr).toContain('the database lacks migrations: 001-users-and-keys')
    await database.remove()
  })
})

describe('with a PostgreSQL that fails', () => {
  let database: TestDatabase
  let proxy: PostgresProxy
  let service: Running & { readonly origin: string }
  beforeEach(async () => {
    database = await POSTGRES.create()
    proxy = await startPostgresProxy(database.url)
    service = await serve({ cwd, env: { DATABASE_URL: proxy.url } })
  })
  afterEach(async () => {
    await stop(service)
    await database.remove()
  })

  it('is alive but soon not ready while it hangs, holds one connection for all who ask, and recovers', async () => {
    const before = proxy.connections()
    proxy.hang(true)
    const began = performance.now()
    const refused = await Promise.all(Array.from({ length: 50 }, () => ask(service.origin, '/health/ready')))
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
    expect(proxy.connections()).toBeLessThanOrEqual(before + 1)
    expect((await ask(service.origin, '/health/live')).status).toBe(200)

    proxy.hang(false)
    await expect.poll(async () => (await ask(service.origin, '/health/ready')).status).toBe(200)
    await proxy.close()
  })

  it('shows every operation with every status of the document, and logs why it is not ready', async () => {
    const answers = []
    for (const { path } of operations) {
      for (const method of ['GET', 'PUT']) answers.push(await ask(service.origin, path, method))
    }
    await proxy.close()
    for (const method of ['GET', 'HEAD']) answers.push(await ask(service.origin, '/health/ready', method))
    const documented = operations.flatMap(({ operation }) =>
      Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
    )
    expect(new Set(answers.map(({ shown }) => shown))).toEqual(new Set(documented))
    expect(service.stderr()).toContain('the database is unavailable')
    expect(service.stderr()).not.toContain('very-secret')
  })
})

it.each([
  { level: 'info', isLogged: false },
  { level: 'debug', isLogged: true },
])('logs who asks at debug only: at $level $isLogged', async ({ level, isLogged }) => {
  const service = await serve({ cwd, env: { LOG_LEVEL: level } })
  for (const { path } of operations) await ask(service.origin, path)
  await fetch(`${service.origin}/nowhere`)
  const { stderr } = await stop(service)
  for (const { operation } of operations) expect(stderr.includes(operation.operationId)).toBe(isLogged)
  expect(stderr).toContain('"status":404')
})
