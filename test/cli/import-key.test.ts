import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { run, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-import-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const importKey = (input: string, ...args: readonly string[]) => run(['keys', 'import', ...args], { cwd, input })
const listed = async () => JSON.parse((await run(['keys', 'list', '--json'], { cwd })).stdout)

it('opens every contract with a credential that clients have already', async () => {
  const service = await serve({ cwd })
  for (const contract of contracts) {
    const [{ role, tenant }] = contract.callers
    const holder = [...(role ? ['--role', role] : []), ...(tenant ? ['--tenant', tenant.example] : [])]
    const key = `${contract.name}.eyJ/+=~!-0123456789`
    const args = [contract.name, ...holder, '--label', 'a b', '--expires', '2999-12-31', '--json']
    const { code, stdout, stderr } = await importKey(`${key}\r\n`, ...args)
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      contract: contract.name,
      role,
      tenant: tenant?.example ?? null,
      label: 'a b',
      expires_at: '2999-12-31T00:00:00.000Z',
    })
    expect(stdout + stderr).not.toContain(key)
    expect((await send(service.origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
  }
  await stop(service)
})

it('leaves stdout empty without --json', async () => {
  expect(await importKey('0123456789abcdef', 'bimplus')).toMatchObject({ code: 0, stdout: '' })
})

describe.each([
  { claim: 'while it opens the contract', contract: 'bimplus', revoked: false },
  { claim: 'when it is revoked', contract: 'bimplus', revoked: true },
  { claim: 'when another contract has it', contract: 'bizcare', revoked: false },
])('a credential that is there already, $claim', ({ contract, revoked }) => {
  it('is told and changes nothing', async () => {
    const key = '0123456789abcdef'
    const { id } = JSON.parse((await importKey(key, 'bimplus', '--label', 'first', '--json')).stdout)
    if (revoked) await run(['keys', 'revoke', id], { cwd })
    const before = await listed()
    const { code, stdout, stderr } = await importKey(key, contract, '--label', 'second')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('there already')
    expect(stderr).not.toContain(key)
    expect(await listed()).toEqual(before)
    expect(before).toHaveLength(1)
  })
})

it.each([
  { claim: 'nothing', input: '', contract: 'bimplus' },
  { claim: 'an empty line', input: '\n', contract: 'bimplus' },
  { claim: 'what can be guessed', input: 'very-secret-123\n', contract: 'bimplus' },
  { claim: 'what is too long for a header', input: 'very-secret'.repeat(400), contract: 'bimplus' },
  { claim: 'two lines', input: 'very-secret-1234567\nvery-secret-7654321\n', contract: 'bimplus' },
  { claim: 'a space behind a scheme word', input: 'very-secret 1234567\n', contract: 'bimplus' },
  { claim: 'a space at an end', input: 'very-secret-1234567 \n', contract: 'bizcare' },
  { claim: 'letters beyond ASCII', input: 'very-secret-žluťoučký\n', contract: 'bizcare' },
  { claim: 'control characters', input: 'very-secret\u001b[31m1234567\n', contract: 'bizcare' },
  { claim: 'a holder that the contract does not have', input: 'very-secret-1234567\n', contract: 'garmat' },
])('takes $claim for wrong usage', async ({ input, contract }) => {
  const { code, stdout, stderr } = await importKey(input, contract)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).not.toContain('very-secret')
  expect(await listed()).toEqual([])
})

it('takes spaces inside a credential that has its header to itself', async () => {
  const [bizcare] = contracts.filter(({ name }) => name === 'bizcare')
  if (!bizcare) throw new Error('there is no bizcare')
  const service = await serve({ cwd })
  const key = 'two words, and 1234567'
  expect((await importKey(key, 'bizcare')).code).toBe(0)
  expect((await send(service.origin, bizcare, { key, body: sampleBody(bizcare) })).status).toBe(201)
  await stop(service)
})

it('refuses keys from the moment at which they expire', async () => {
  const service = await serve({ cwd })
  const expires = new Date(Date.now() + 10_000)
  const statuses = await Promise.all(
    contracts.map(async (contract) => {
      const [{ role, tenant }] = contract.callers
      const holder = [...(role ? ['--role', role] : []), ...(tenant ? ['--tenant', tenant.example] : [])]
      const key = `${contract.name}-0123456789abcdef`
      const imported = await importKey(key, contract.name, ...holder, '--expires', expires.toISOString())
      expect(imported.code, imported.stderr).toBe(0)
      return async () => (await send(service.origin, contract, { key, body: sampleBody(contract) })).status
    }),
  )
  for (const status of statuses) expect(await status()).toBeLessThan(300)
  for (const status of statuses) await expect.poll(status, { interval: 200 }).toBe(401)
  expect(Date.now()).toBeGreaterThanOrEqual(expires.getTime())
  await stop(service)
})
