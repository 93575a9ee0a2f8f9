import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { contracts } from '../../src/contracts/index.ts'
import { DATABASES } from '../support/databases.ts'
import { run } from '../support/rollcall.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

it('runs by npx from a folder of the checkout', () => {
  const { status, stdout } = spawnSync('npx', ['--no-install', 'rollcall', '--version'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${packageJson.version}\n` })
})

it('shows its help on stdout', async () => {
  const { code, stdout, stderr } = await run(['--help'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const command of ['serve', 'keys', 'users', 'migrate', 'backup', 'move']) expect(stdout).toContain(command)
})

describe.each([
  { claim: 'an unknown command', args: ['sing'], says: 'sing' },
  { claim: 'an unknown flag', args: ['serve', '--loud'], says: '--loud' },
  { claim: 'a port that is none', args: ['serve', '--port', '65536'], says: '65536' },
  { claim: 'no contract', args: ['keys', 'create'], says: 'contract' },
  { claim: 'an unknown contract', args: ['keys', 'create', 'acme'], says: 'acme' },
  {
    claim: 'a date that is none',
    args: ['keys', 'create', 'garmat', '--role', 'garmat_admin', '--expires', 'soon'],
    says: 'soon',
  },
  {
    claim: 'a day that is none',
    args: ['keys', 'create', 'garmat', '--role', 'garmat_admin', '--expires', '2999-02-30'],
    says: '2999-02-30',
  },
  {
    claim: 'a date in the past',
    args: ['keys', 'create', 'garmat', '--role', 'garmat_admin', '--expires', '2020-01-01'],
    says: '2020-01-01',
  },
  { claim: 'a limit that is none', args: ['users', 'list', '--limit', '0'], says: '--limit' },
  { claim: 'users of an unknown contract', args: ['users', 'export', '--contract', 'acme'], says: 'acme' },
])('$claim', ({ args, says }) => {
  it('is wrong usage: exit 2, named on stderr', async () => {
    const { code, stdout, stderr } = await run(args, { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
  })
})

it.each([
  { name: 'PORT', value: 'http' },
  { name: 'PORT', value: '65536' },
  { name: 'PORT', value: '-1' },
  { name: 'HOST', value: 'a b' },
  { name: 'HOST', value: 'http://localhost' },
  { name: 'HOST', value: '999.1.1.1' },
  { name: 'DATABASE_URL', value: 'mysql://user:very-secret@host/db' },
  { name: 'DATABASE_URL', value: 'sqlite:' },
  { name: 'DATABASE_URL', value: 'postgres://user:very-secret@host:port/db' },
  { name: 'DATABASE_URL', value: 'postgres://user:very-#-secret@host/db' },
  { name: 'LOG_LEVEL', value: 'loud' },
  { name: 'RATE_LIMIT', value: '0' },
  { name: 'RATE_LIMIT', value: '1.5' },
  { name: 'RATE_LIMIT', value: 'none' },
  { name: 'TRUST_PROXY', value: 'yes' },
  { name: 'TRUST_PROXY', value: '-1' },
  { name: 'METRICS_PORT', value: 'on' },
  { name: 'METRICS_PORT', value: '65536' },
])('names a bad $name ($value) at the start and exits with 2', async ({ name, value }) => {
  const { code, stderr } = await run(['serve'], { cwd, env: { [name]: value } })
  expect(code).toBe(2)
  expect(stderr).toContain(name)
  expect(stderr).not.toContain('very-secret')
})

describe('DATABASE_URL_FILE', () => {
  it.each(['', '\n', '\r\n'])('names a file that holds the URL, and %j at its end is no part of it', async (end) => {
    writeFileSync(join(cwd, 'secret'), `sqlite:./elsewhere.db${end}`)
    expect((await run(['migrate'], { cwd, env: { DATABASE_URL_FILE: './secret' } })).code).toBe(0)
    expect(readdirSync(cwd)).toContain('elsewhere.db')
  })

  it.each([
    { claim: 'is not there', content: undefined, env: {}, says: /DATABASE_URL_FILE .*'\.\/secret'/ },
    { claim: 'is empty', content: '', env: {}, says: /DATABASE_URL must be/ },
    { claim: 'holds no URL', content: 'very-secret\n', env: {}, says: /DATABASE_URL must be/ },
    {
      claim: 'is one of two places',
      content: 'sqlite:./very-secret.db',
      env: { DATABASE_URL: 'sqlite:./other-very-secret.db' },
      says: /DATABASE_URL and DATABASE_URL_FILE/,
    },
  ])('is refused when the file $claim: exit 2, and its content is not shown', async ({ content, env, says }) => {
    if (content !== undefined) writeFileSync(join(cwd, 'secret'), content)
    const { code, stderr } = await run(['migrate'], { cwd, env: { ...env, DATABASE_URL_FILE: './secret' } })
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('very-secret')
  })
})

it('reads .env, and the environment wins', async () => {
  writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=loud\n')
  expect((await run(['migrate'], { cwd })).code).toBe(2)
  expect((await run(['migrate'], { cwd, env: { LOG_LEVEL: 'info' } })).code).toBe(0)
})

it('fails with 1 when the database cannot be opened', async () => {
  writeFileSync(join(cwd, 'file'), '')
  const { code, stderr } = await run(['users', 'list'], { cwd, env: { DATABASE_URL: 'sqlite:./file/rollcall.db' } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^rollcall: .+/)
})

it.each(['serve', 'migrate'])(
  '%s fails with 1 when the database cannot be reached, and shows no password',
  async (command) => {
    // Nothing listens on port 1.
    const env = { DATABASE_URL: 'postgres://user:very-secret@127.0.0.1:1/db' }
    const { code, stdout, stderr } = await run([command], { cwd, env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe('rollcall: the database is unavailable: connect ECONNREFUSED 127.0.0.1:1\n')
  },
)

describe('keys', () => {
  it('makes a key for each kind of caller of each contract, and lists it without the key', async () => {
    const made: { id: string; key: string }[] = []
    for (const contract of contracts) {
      for (const { role, tenant } of contract.callers) {
        const holder = [...(role ? ['--role', role] : []), ...(tenant ? ['--tenant', tenant.example] : [])]
        const { code, stdout } = await run(['keys', 'create', contract.name, ...holder, '--label', 'a b', '--json'], {
          cwd,
        })
        expect(code).toBe(0)
        const row = JSON.parse(stdout)
        expect(row).toMatchObject({ contract: contract.name, role, tenant: tenant?.example ?? null, label: 'a b' })
        made.push(row)
      }
    }
    const { stdout } = await run(['keys', 'list', '--json'], { cwd })
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(made.map(({ id }) => id))
    for (const { key } of made) expect(stdout).not.toContain(key)
    expect((await run(['keys', 'list'], { cwd })).stdout.trim().split('\n')).toHaveLength(made.length + 1)
  })

  it('prints the key alone on stdout', async () => {
    const { stdout, stderr } = await run(
      ['keys', 'create', 'garmat', '--role', 'garmat_admin', '--expires', '2999-12-31'],
      { cwd },
    )
    expect(stdout).toMatch(/^[\w-]{43}\n$/)
    expect(stderr).toContain('Authorization: Bearer')
    expect((await run(['keys', 'list'], { cwd })).stdout).toContain('2999-12-31T00:00:00.000Z')
  })

  it.each(
    contracts.flatMap(({ name, callers }) => [
      { name, args: ['--role', 'nobody'] },
      ...callers.flatMap(({ role, tenant }) => {
        const holder = role ? ['--role', role] : []
        if (!tenant) return [{ name, args: [...holder, '--tenant', '1'] }]
        return [
          { name, args: holder },
          { name, args: [...holder, '--tenant', ' '] },
        ]
      }),
    ]),
  )('makes none for $name with $args', async ({ name, args }) => {
    const { code, stdout, stderr } = await run(['keys', 'create', name, ...args], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(name)
    expect((await run(['keys', 'list', '--json'], { cwd })).stdout).toBe('[]\n')
  })

  it('fails with 1 to revoke a key that is not there', async () => {
    expect(await run(['keys', 'revoke', 'nobody'], { cwd })).toMatchObject({ code: 1, stdout: '' })
  })
})

it.each(DATABASES)('migrates once when two processes begin at once on $name', async ({ create }) => {
  const database = await create()
  const options = { cwd, env: { DATABASE_URL: database.url } }
  const ended = await Promise.all([run(['migrate'], options), run(['migrate'], options)])
  expect(ended.map(({ code }) => code)).toEqual([0, 0])
  expect(ended.filter(({ stderr }) => stderr.includes('001-users-and-keys'))).toHaveLength(1)
  await database.remove()
})
