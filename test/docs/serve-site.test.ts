import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import type { Route } from '../../src/http/create-route.ts'
import { type Listening, listen } from '../../src/http/listen.ts'
import { serveSite } from '../../src/http/serve-site.ts'
import { createLog } from '../../src/log.ts'
import { listening as listenOn, type Running, stop } from '../support/rollcall.ts'

describe.each(['serve', 'mock'] as const)('%s', (command) => {
  let cwd: string
  let running: Running & { readonly origin: string }
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'rollcall-site-'))
    running = await listenOn([command], { cwd })
  })
  afterAll(async () => {
    await stop(running)
    rmSync(cwd, { recursive: true })
  })
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${running.origin}${path}`, { redirect: 'manual', ...init })

  it.each([
    { path: '/', type: 'text/html; charset=utf-8' },
    { path: '/map/', type: 'text/html; charset=utf-8' },
    { path: '/llms.txt', type: 'text/plain; charset=utf-8' },
    { path: '/origin.js', type: 'text/javascript; charset=utf-8' },
    ...contracts.flatMap(({ name }) => [
      { path: `/docs/${name}/`, type: 'text/html; charset=utf-8' },
      { path: `/openapi/${name}.json`, type: 'application/json; charset=utf-8' },
      { path: `/openapi/${name}.yaml`, type: 'text/yaml; charset=utf-8' },
    ]),
  ])('gives $path as $type, to HEAD too', async ({ path, type }) => {
    const [got, head] = await Promise.all([get(path), get(path, { method: 'HEAD' })])
    for (const { status, headers } of [got, head]) {
      expect({ status, type: headers.get('Content-Type') }).toEqual({ status: 200, type })
    }
    expect((await got.text()).length).toBeGreaterThan(0)
    expect(await head.text()).toBe('')
  })

  it('gives the bundled document as it is', async () => {
    for (const { name } of contracts) {
      expect(await (await get(`/openapi/${name}.json`)).json()).toEqual(readDocument(name))
    }
  })

  it('leads from /docs/<name> to /docs/<name>/', async () => {
    for (const { name } of contracts) {
      const { status, headers } = await get(`/docs/${name}`)
      expect({ status, to: headers.get('Location') }).toEqual({ status: 302, to: `${name}/` })
    }
  })

  it('says that nothing has changed', async () => {
    const { headers } = await get('/')
    const again = await raw(running.origin, '/', { 'If-Modified-Since': headers.get('Last-Modified') ?? '' })
    expect(again).toMatchObject({ status: 304, body: '' })
  })

  it.each([
    '/docs',
    '/docs/',
    '/openapi/',
    '/nowhere',
    '/.rollcall-site',
    '/../package.json',
    '/docs/../../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/docs/%00',
    '/llms.txt/',
    '//llms.txt',
  ])('has nothing at %s', async (path) => {
    expect(await raw(running.origin, path)).toMatchObject({ status: 404, type: 'application/problem+json' })
  })

  it('leaves everything but GET and HEAD, and the paths of contracts, to the contracts', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(404)
    for (const { name } of contracts) {
      for (const { path } of operationsOf(readDocument(name))) {
        const { status, headers } = await get(path)
        expect([404, 405]).toContain(status)
        expect(headers.get('Content-Type')).toMatch(/json/)
      }
    }
  })

  it('logs a line for each request', async () => {
    await get('/llms.txt', { headers: { 'X-Request-Id': 'for-the-log' } })
    await expect.poll(running.stderr).toMatch(/"id":"for-the-log","method":"GET","status":200/)
  })
})

describe('a site in a folder', () => {
  let folder: string
  let listening: Listening
  const start = async (route: Route) => {
    const app = createApp(route, createLog('silent'), { otherwise: [serveSite(folder)] })
    listening = await listen(app.callback(), '127.0.0.1', 0)
    return listening.origin
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-folder-'))
  })
  afterEach(() => listening.close())
  afterAll(() => rmSync(folder, { recursive: true }))

  it('tells how to build it when it is not', async () => {
    const { status, body } = await raw(await start(() => undefined), '/')
    expect({ status, body: JSON.parse(body) }).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('npm run docs') },
    })
  })

  it('never shadows a contract', async () => {
    mkdirSync(join(folder, 'api'))
    writeFileSync(join(folder, 'api/users'), 'a file of the site')
    const owner = { name: 'one', serve: async () => ({ status: 405, body: {} }) }
    const origin = await start((path) => (path === '/api/users' ? owner : undefined))
    expect((await raw(origin, '/api/users')).status).toBe(405)
  })
})

/** Sends a path and headers as they stand: fetch would tidy up the one and add to the others. */
async function raw(origin: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const sent = request(origin, { path, headers })
  sent.end()
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  return { status: answer.statusCode, type: answer.headers['content-type'], body: await text(answer) }
}
