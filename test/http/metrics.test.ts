import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createKey } from '../support/create-key.ts'
import { POSTGRES } from '../support/databases.ts'
import { startPostgresProxy } from '../support/postgres-proxy.ts'
import { type Running, run, serve, stop } from '../support/rollcall.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'

let cwd: string
let running: Running[]
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-metrics-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  rmSync(cwd, { recursive: true })
})

async function serving(env: Record<string, string> = {}) {
  const service = await serve({ cwd, env: { METRICS_PORT: '0', ...env } })
  running.push(service)
  const [, url = ''] = /^Metrics are on (http:\/\/127\.0\.0\.1:\d+\/metrics)$/m.exec(service.stdout()) ?? []
  return { ...service, url, read: async () => samplesIn(await (await fetch(url)).text()) }
}

/** Every sample's value, by its name and labels as they are written. */
const samplesIn = (text: string) =>
  new Map([...text.matchAll(/^([a-z_]+(?:\{.*\})?) (\S+)$/gm)].map(([, sample = '', value]) => [sample, Number(value)]))

const operationOf = (contract: Contract) => operationsOf(readDocument(contract.name))[0]?.operation.operationId

it('counts requests, refusals and what the store did, by contract', async () => {
  const service = await serving({ RATE_LIMIT: '3' })
  const counts = new Map<string, number>()
  const count = (sample: string) => counts.set(sample, (counts.get(sample) ?? 0) + 1)
  for (const contract of contracts) {
    const { key } = await createKey(contract, { cwd })
    const of = `contract="${contract.name}",operation="${operationOf(contract)}"`
    const valid = { key, body: sampleBody(contract) }
    const sent = [
      { request: valid, outcome: 'inserted' },
      { request: valid, outcome: 'duplicate' },
      { request: { key, body: {} }, kind: 'invalid' },
      { request: valid, kind: 'limited' },
      { request: { body: {} }, kind: 'unauthenticated' },
    ]
    for (const { request, outcome, kind } of sent) {
      const { status } = await send(service.origin, contract, request)
      count(`rollcall_requests_total{${of},status="${status}"}`)
      count(`rollcall_request_duration_seconds_count{${of}}`)
      if (kind) count(`rollcall_refusals_total{contract="${contract.name}",kind="${kind}"}`)
      if (outcome) count(`rollcall_store_duration_seconds_count{operation="insertUser",outcome="${outcome}"}`)
      if ('key' in request) count('rollcall_store_duration_seconds_count{operation="findKey",outcome="found"}')
    }
    await send(service.origin, contract, { key: 'nobody', body: {} })
    count('rollcall_store_duration_seconds_count{operation="findKey",outcome="unknown"}')
    count(`rollcall_refusals_total{contract="${contract.name}",kind="unauthenticated"}`)
    count(`rollcall_requests_total{${of},status="401"}`)
    count(`rollcall_request_duration_seconds_count{${of}}`)
  }
  // A request is counted when its reply has ended, which its client may know first.
  const counted = async () => {
    const samples = await service.read()
    return new Map([...counts.keys()].map((sample) => [sample, samples.get(sample)]))
  }
  await expect.poll(counted).toEqual(counts)
  expect((await service.read()).get('process_cpu_seconds_total')).toBeGreaterThan(0)
})

it('takes no label from a client', async () => {
  const service = await serving()
  const [contract] = contracts as [Contract]
  const headers = { 'X-Request-Id': 'marker-id', traceparent: 'marker-trace', Host: 'marker-host' }
  await send(service.origin, contract, { path: '/marker-path', headers })
  await send(service.origin, contract, { path: `${pathOf(contract)}?marker-query`, key: 'marker-key', body: 'marker' })
  await send(service.origin, contract, { method: 'PROPFIND', headers })
  await expect
    .poll(async () =>
      (await service.read()).get('rollcall_requests_total{contract="none",operation="none",status="404"}'),
    )
    .toBe(1)
  expect(await (await fetch(service.url)).text()).not.toMatch(/marker|propfind/i)
})

it('counts a client that left before its reply', async () => {
  const service = await serving()
  const [contract] = contracts as [Contract]
  const socket = connect(Number(new URL(service.origin).port), '127.0.0.1')
  const { key } = await createKey(contract, { cwd })
  const { header, scheme } = contract.credential
  const credential = `${header}: ${scheme ? `${scheme} ` : ''}${key}`
  socket.write(
    `POST ${pathOf(contract)} HTTP/1.1\r\nHost: a\r\n${credential}\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.destroy()
  const aborted = `rollcall_requests_total{contract="${contract.name}",operation="${operationOf(contract)}",status="aborted"}`
  await expect.poll(async () => (await service.read()).get(aborted)).toBe(1)
})

it('tells a database that cannot serve from a fault', async () => {
  const database = await POSTGRES.create()
  const proxy = await startPostgresProxy(database.url)
  const service = await serving({ DATABASE_URL: proxy.url })
  await proxy.close()
  const [contract] = contracts as [Contract]
  expect((await send(service.origin, contract, { key: 'any', body: {} })).status).toBe(503)
  const samples = await service.read()
  expect(samples.get('rollcall_store_duration_seconds_count{operation="findKey",outcome="unavailable"}')).toBe(1)
  expect(samples.get(`rollcall_refusals_total{contract="${contract.name}",kind="unavailable"}`)).toBe(1)
  await stop(service)
  await database.remove()
})

it('tells them on their own port only, in the text format, each with help', async () => {
  const service = await serving()
  expect((await fetch(`${service.origin}/metrics`)).status).toBe(404)
  const response = await fetch(service.url)
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  for (const [, name = '', type] of types) {
    expect(text).toContain(`# HELP ${name} `)
    if (name.startsWith('rollcall_') && type !== 'gauge')
      expect(name).toMatch(type === 'counter' ? /_total$/ : /_seconds$/)
  }
  expect(types.length).toBeGreaterThan(10)
  expect(await (await fetch(service.url, { method: 'HEAD' })).text()).toBe('')
  for (const path of ['/', '/health/live', pathOf(contracts[0] as Contract)]) {
    expect((await fetch(new URL(path, service.url))).status, path).toBe(404)
  }
})

it('has none without METRICS_PORT', async () => {
  const service = await serving({ METRICS_PORT: '' })
  expect(service.stdout()).not.toContain('Metrics')
  expect((await fetch(`${service.origin}/metrics`)).status).toBe(404)
})

it('ends with the service, whoever is connected', async () => {
  const service = await serving()
  const silent = connect(Number(new URL(service.url).port), '127.0.0.1').on('error', () => {})
  await fetch(service.url)
  const began = performance.now()
  expect((await stop(service)).code).toBe(0)
  expect(performance.now() - began).toBeLessThan(3_000)
  silent.destroy()
})

it('ends the start with 1 when its port, or the other one, is taken', async () => {
  const { origin, url } = await serving()
  for (const { port, metricsPort } of [
    { port: new URL(origin).port, metricsPort: '0' },
    { port: '0', metricsPort: new URL(url).port },
  ]) {
    const { code, stderr } = await run(['serve', '--port', port], { cwd, env: { METRICS_PORT: metricsPort } })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('EADDRINUSE') })
  }
})

it('takes a gauge, and asks for its value when it is read', async () => {
  const metrics = createMetrics()
  let waiting = 1
  metrics.addGauge('rollcall_test_waiting', 'How many wait.', () => waiting)
  expect(await metrics.text()).toContain('rollcall_test_waiting 1')
  waiting = 2
  expect(await metrics.text()).toContain('rollcall_test_waiting 2')
})
