import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { OpenAPIBackend } from 'openapi-backend'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { ajv } from '../../src/http/ajv.ts'
import { createKey } from '../support/create-key.ts'
import { type Running, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'
import { converse, type RawAnswer } from './converse.ts'
import { type Attack, attacks, SECRETS } from './raw-request.ts'

// `npm run hostile` sends 100,000 and more; HOSTILE_SEED sends others.
const connections = Number(process.env.HOSTILE_CONNECTIONS ?? 2_000)
const seed = Number(process.env.HOSTILE_SEED ?? 20_261_123)
const atOnce = 96
const residentMiBMax = 512

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 60_000 })

let cwd: string
let service: Running & { readonly origin: string }
const tally = new Map<string, number>()
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-hostile-'))
  service = await serve({ cwd, env: { RATE_LIMIT: 'off', NODE_ENV: 'production' } })
})
afterAll(async () => {
  await stop(service)
  rmSync(cwd, { recursive: true })
})

describe.each(contracts)('$name', (contract) => {
  it('answers every attack as its document says, or closes the connection', async () => {
    const { key } = await createKey(contract, { cwd })
    const { validBody } = await import(`../../src/contracts/${contract.name}/valid-body.ts`)
    const judge = await judgeOf(contract)
    const share = Math.ceil(connections / contracts.length)
    const sent = fc.sample(attacks(contract, key, validBody), { numRuns: share, seed })
    const port = Number(new URL(service.origin).port)

    let next = 0
    const client = async () => {
      for (let attack = sent[next++]; attack; attack = sent[next++]) {
        const answers = await converse(port, attack)
        const found = answers ? answers.flatMap((answer) => judge(attack, answer)) : ['the connection stayed open']
        expect(found, `${attack.kind}: ${JSON.stringify(Buffer.concat(attack.pieces).toString('latin1'))}`).toEqual([])
        for (const { status } of answers ?? []) count(`${attack.kind}\t${status}`)
        if (answers?.length === 0) count(`${attack.kind}\tclosed`)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, client))

    const alive = await send(service.origin, contract, { key, body: sampleBody(contract) })
    expect(alive.status, alive.text).toBeLessThan(500)
  })
})

it('has logged no fault and no secret, and kept no password', async () => {
  const log = service.stderr()
  for (const secret of Object.values(SECRETS)) expect(log.includes(secret), secret).toBe(false)
  const faults = log.split('\n').filter((line) => line !== '' && JSON.parse(line).level >= 50)
  expect(faults.slice(0, 3)).toEqual([])
  for (const file of readdirSync(join(cwd, 'data'))) {
    expect(readFileSync(join(cwd, 'data', file)).includes(SECRETS.password), file).toBe(false)
  }
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.process.pid}/status`, 'utf8'))?.[1]
  expect(Number(resident) / 1024).toBeLessThan(residentMiBMax)
  if (process.env.HOSTILE_CONNECTIONS)
    console.log(tableOf(tally), `\nresident: ${Math.round(Number(resident) / 1024)} MiB`)
})

/** What is wrong with an answer to an attack on a contract. */
async function judgeOf(contract: Contract): Promise<(attack: Attack, answer: RawAnswer) => readonly string[]> {
  const document = readDocument(contract.name)
  const api = await new OpenAPIBackend({ definition: document, quick: true, customizeAjv: () => ajv as never }).init()
  const [operation] = operationsOf(document)
  const { responses = {}, operationId = '' } = api.getOperations()[0] ?? {}
  if (!operation) throw new Error(`${contract.name} has no operation`)

  return ({ kind }, { status, headers, body }) => {
    const found: string[] = []
    const all = `${[...headers].join('\n')}\n${body}`
    const told = [SECRETS.key, SECRETS.query, ...(kind === 'whole' ? [SECRETS.password] : [])]
    found.push(...told.filter((secret) => all.includes(secret)).map((secret) => `it tells ${secret}`))
    if (status >= 500 && !(status === 503 && headers.has('retry-after'))) found.push(`${status}: ${body}`)

    const type = headers.get('content-type')?.split(';')[0]
    // Node's own refusals have no body, and neither have answers to HEAD and OPTIONS.
    if (type === undefined) {
      if (![204, 302, 304, 400, 408, 413, 417, 431].includes(status) || body !== '') found.push(`${status} has no type`)
      return found
    }
    if (type.endsWith('json') && /\bat \S+ \(|node_modules/.test(body)) found.push('it shows a stack')
    if (type === 'application/problem+json') {
      if (![404, 405, 503].includes(status)) found.push(`${status} is a problem of ours`)
      return found
    }
    const isPage = status === 200 && headers.has('cache-control')
    const isElsewhere = isPage || status === 302 || status === 304
    if (isElsewhere || body === '') return found

    if (!Object.hasOwn(responses, String(status))) return [...found, `${status} is not documented: ${body}`]
    const { errors } = api.validateResponse(JSON.parse(body), operationId, status)
    if (errors) found.push(`${status} is not as documented: ${body}`)
    const types = Object.keys((responses as Record<string, { content?: object }>)[status]?.content ?? {})
    if (!types.includes(type)) found.push(`${status} is ${type}`)
    return found
  }
}

function count(name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1)
}

function tableOf(counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort().map(([name, times]) => `| ${name.replace('\t', ' | ')} | ${times} |`)
  return ['| attack | answer | times |', '|---|---|---|', ...rows].join('\n')
}
