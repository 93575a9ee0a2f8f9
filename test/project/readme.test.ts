import { spawn } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { copyProject, root } from '../support/copy-project.ts'
import { listening, stop } from '../support/rollcall.ts'
import { pathOf } from '../support/send.ts'

// Each npx starts npm, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const readme = readFileSync(join(root, 'README.md'), 'utf8')

const copy = copyProject()
for (const built of ['dist', 'site']) cpSync(join(root, built), join(copy.folder, built), { recursive: true })
afterAll(copy.remove)

/** The fenced blocks, in order. */
const blocks = [...readme.matchAll(/^```([\w ]+)\n([\s\S]*?)^```$/gm)].map(([, language, content]) => ({
  language,
  content: content ?? '',
}))

/** Ids and times differ from run to run; everything else is compared. */
function masked(output: string): string {
  return output
    .trim()
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '(id)')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
}

it.each([
  { tour: 'sh', runs: 'serve', at: 'http://127.0.0.1:3000' },
  { tour: 'sh mock', runs: 'mock', at: 'http://127.0.0.1:4010' },
])('shows commands to $runs that run as printed, with the output that is printed', async ({ tour, runs, at }) => {
  const running = await listening([runs], { cwd: copy.folder, checkout: copy.folder })
  const scripts = blocks.flatMap(({ language, content }, index) => {
    const next = blocks[index + 1]
    return language === tour
      ? [{ content, output: ['json', 'yaml'].includes(next?.language ?? '') ? next?.content : undefined }]
      : []
  })
  expect(scripts.length).toBeGreaterThan(2)
  const lines = scripts.map(({ content }) => `${content}echo; echo @@@\n`).join('')
  const shell = spawn('bash', ['-e', '-o', 'pipefail'], { cwd: copy.folder })
  shell.stdin.end(lines.replaceAll(at, running.origin))
  const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)])
  await stop(running)

  const outputs = stdout.split('@@@\n')
  expect(outputs, stderr).toHaveLength(scripts.length + 1)
  for (const [index, { output }] of scripts.entries()) {
    if (output !== undefined) expect(masked(outputs[index] ?? '')).toBe(masked(output))
  }
})

describe.each(contracts)('the table of contracts on $name', (contract) => {
  const row = readme.split('\n').find((line) => line.startsWith(`| [${contract.name}]`))
  const [item] = Object.values(readDocument(contract.name).paths)
  const [[method, operation]] = Object.entries(item as object) as [[string, { responses: object }]]

  it('has path, credential and success status', () => {
    expect(row).toContain(`\`${method.toUpperCase()} ${pathOf(contract)}\``)
    const { header, scheme } = contract.credential
    expect(row).toContain(`\`${header}: ${scheme ? `${scheme} ` : ''}<key>\``)
    expect(row).toContain(`| ${Object.keys(operation.responses).find((status) => status.startsWith('2'))} |`)
  })
})

it('names every environment variable that is read, and .env.example has them all', () => {
  const read = [...readFileSync(join(root, 'src/config.ts'), 'utf8').matchAll(/env\.([A-Z_]+)/g)].map(
    ([, name]) => name,
  )
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  for (const name of new Set(read)) {
    expect(readme).toContain(`| \`${name}\` |`)
    expect(example).toMatch(new RegExp(`^${name}=`, 'm'))
  }
})
