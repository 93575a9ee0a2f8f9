import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { withTables } from '../bench/report.ts'
import { root } from '../support/copy-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollcall-'))
afterAll(() => rmSync(folder, { recursive: true }))

const page = readFileSync(join(root, 'docs/performance.md'), 'utf8')

it('shows the figures that were measured', () => {
  expect(page).toBe(withTables(page, JSON.parse(readFileSync(join(root, 'docs/performance.json'), 'utf8'))))
})

it('measures servers that do the same work and store what they acknowledge', () => {
  const built = spawnSync('npx', ['tsc', '-p', 'tsconfig.bench.json'], { cwd: root, encoding: 'utf8' })
  expect(built.status, built.stdout).toBe(0)
  cpSync(join(root, 'docs/performance.md'), join(folder, 'performance.md'))
  const quick = '--only sqlite --rounds 1 --warm-seconds 0.1 --seconds 0.3 --connections 4'.split(' ')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/bench/test/bench/bench.js', ...quick, '--docs', folder],
    { cwd: root, encoding: 'utf8' },
  )
  expect(status, stderr).toBe(0)
  for (const server of ['limit', 'fastify', 'koa-first', 'rollcall']) {
    expect(stdout).toMatch(new RegExp(`^\\| \`${server}\`.*: .* \\| [1-9]`, 'm'))
    expect(readFileSync(join(folder, 'performance.md'), 'utf8')).toContain(`| \`${server}\``)
  }
})
