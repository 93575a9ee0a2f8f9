import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operationsOf, type ResponseNode, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { resolve } from '../../src/contracts/resolve.ts'
import { type Running, run, serve, stop } from '../support/rollcall.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'

const ORIGIN = 'https://app.example.com'
const PREFLIGHT = { Origin: ORIGIN, 'Access-Control-Request-Method': 'POST' }

let cwd: string
let running: Running[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-cors-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  rmSync(cwd, { recursive: true })
})

async function serving(env: Record<string, string>) {
  const service = await serve({ cwd, env })
  running.push(service)
  return service
}

const corsOf = (headers: Headers) => [...headers].filter(([name]) => name.startsWith('access-control-'))

describe.each([
  { origins: '*', allowed: '*' },
  { origins: ORIGIN, allowed: ORIGIN },
  { origins: `http://localhost:5173, ${ORIGIN}`, allowed: ORIGIN },
])('with CORS_ORIGINS=$origins', ({ origins, allowed }) => {
  it('answers a preflight, and exposes the headers of the documents', async () => {
    const { origin } = await serving({ CORS_ORIGINS: origins })
    for (const contract of contracts) {
      const asked = { ...PREFLIGHT, 'Access-Control-Request-Headers': 'content-type,authorization' }
      const preflight = await send(origin, contract, { method: 'OPTIONS', headers: asked })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe(allowed)
      expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('POST')
      expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('content-type,authorization')

      const refused = await send(origin, contract, { body: sampleBody(contract), headers: { Origin: ORIGIN } })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('Access-Control-Allow-Origin')).toBe(allowed)
      expect(refused.headers.get('Vary')).toContain('Origin')
      const exposed = refused.headers.get('Access-Control-Expose-Headers')?.split(',')
      const document = readDocument(contract.name)
      const named = operationsOf(document).flatMap(({ operation }) =>
        Object.values(operation.responses).flatMap((response) =>
          Object.keys((resolve(document, response) as ResponseNode).headers ?? {}),
        ),
      )
      expect(exposed).toEqual(expect.arrayContaining(['X-Request-Id', ...named]))
    }
  })
})

describe.each([
  { claim: 'without CORS_ORIGINS', env: {}, headers: PREFLIGHT },
  { claim: 'for another origin', env: { CORS_ORIGINS: 'https://other.example.com' }, headers: PREFLIGHT },
  { claim: 'for a part of an origin', env: { CORS_ORIGINS: `${ORIGIN}:8443` }, headers: PREFLIGHT },
  { claim: 'for OPTIONS that is no preflight', env: { CORS_ORIGINS: ORIGIN }, headers: { Origin: ORIGIN } },
  {
    claim: 'for OPTIONS of no origin',
    env: { CORS_ORIGINS: ORIGIN },
    headers: { 'Access-Control-Request-Method': 'POST' },
  },
])('$claim', ({ env, headers }) => {
  it('OPTIONS gets what the contract says', async () => {
    const { origin } = await serving(env)
    for (const contract of contracts) {
      const answer = await send(origin, contract, { method: 'OPTIONS', headers })
      expect({ status: answer.status, allow: answer.headers.get('Allow') }).toEqual({ status: 204, allow: 'POST' })
      expect(answer.headers.get('Access-Control-Allow-Methods')).toBeNull()
    }
  })
})

it.each([
  { claim: 'without CORS_ORIGINS', env: {} },
  { claim: 'to another origin', env: { CORS_ORIGINS: 'https://other.example.com' } },
])('sends no CORS header $claim', async ({ env }) => {
  const { origin } = await serving(env)
  for (const path of ['/', '/health/live', '/nowhere', ...contracts.map(pathOf)]) {
    const { headers } = await fetch(`${origin}${path}`, { headers: { Origin: ORIGIN } })
    expect(corsOf(headers), path).toEqual([])
  }
})

it.each([
  'app.example.com',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://app.example.com:443',
  'https://App.example.com',
  'https://*.example.com',
  'ftp://app.example.com',
  'null',
  'https://app.example.com,*',
  'https://app.example.com,',
])('refuses CORS_ORIGINS=%s as wrong usage', async (value) => {
  const { code, stderr } = await run(['serve'], { cwd, env: { CORS_ORIGINS: value } })
  expect(code).toBe(2)
  expect(stderr).toContain('CORS_ORIGINS')
})
