import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { copyProject, root } from '../support/copy-project.ts'

const copy = copyProject()
afterAll(copy.remove)

const original = readFileSync(join(root, 'openapi/garmat/openapi.yaml'), 'utf8')

function lint(text: string) {
  writeFileSync(join(copy.folder, 'openapi/garmat/openapi.yaml'), text)
  const args = ['redocly', 'lint', '--config', 'openapi/redocly.yaml', 'garmat']
  const { status, stdout, stderr } = spawnSync('npx', args, { cwd: copy.folder, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

it.each([
  {
    rule: 'rollcall/provenance',
    claim: 'an operation without provenance',
    find: /^( +summary: Create user\n(?:.*\n)*?) +x-provenance: .*\n/m,
    put: '$1',
  },
  {
    rule: 'rollcall/provenance',
    claim: 'a response without provenance',
    find: /( +description: The user was created\.\n) +x-provenance: .*\n/,
    put: '$1',
  },
  {
    rule: 'rollcall/provenance',
    claim: 'a property with an unknown grade',
    find: /x-provenance: documented\n(?= +email:)/,
    put: 'x-provenance: rumoured\n',
  },
  {
    rule: 'rollcall/provenance',
    claim: 'a header without provenance',
    find: /( +Allow:\n +description: .*\n +required: true\n) +x-provenance: .*\n/,
    put: '$1',
  },
  {
    rule: 'rollcall/provenance',
    claim: 'a security scheme without provenance',
    find: /( +scheme: bearer\n) +x-provenance: .*\n/,
    put: '$1',
  },
  {
    rule: 'rollcall/examples',
    claim: 'a status without an example',
    find: /( +examples:\n) +limited:\n(?: {18}.*\n)+/,
    put: '$1',
  },
  { rule: 'rollcall/examples', claim: 'a name that means two examples', find: 'tooLarge:', put: 'limited:' },
  {
    rule: 'rollcall/bounded-input',
    claim: 'a string of any length from a client',
    find: /maxLength: 254\n/,
    put: 'minLength: 1\n',
  },
  { rule: 'rollcall/known-format', claim: 'a misspelt format', find: 'format: email', put: 'format: emial' },
  { rule: 'struct', claim: 'a misspelt keyword', find: 'maxLength: 254', put: 'maxLenght: 254' },
  {
    rule: 'rollcall/rate-limits',
    claim: 'a limit without its window',
    find: 'requests: 1000, seconds: 60',
    put: 'requests: 1000',
  },
  {
    rule: 'rollcall/rate-limits',
    claim: 'a limit without provenance',
    find: /(failedCredentials: .*), x-provenance: decided/,
    put: '$1',
  },
  {
    rule: 'no-invalid-media-type-examples',
    claim: 'an example that its schema refuses',
    find: 'status: deactivated',
    put: 'status: asleep',
  },
])('refuses $claim', ({ rule, find, put }) => {
  const broken = original.replace(find, put)
  expect(broken).not.toBe(original)
  const { status, output } = lint(broken)
  expect(status, output).toBe(1)
  expect(output).toContain(rule)
})

it('accepts what is committed', () => {
  expect(lint(original)).toMatchObject({ status: 0 })
})
