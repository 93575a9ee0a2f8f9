import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { growthPlot } from '../bench/growth-plot.ts'
import { type Measured, withTables } from '../bench/report.ts'
import { root } from '../support/copy-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollcall-'))
afterAll(() => rmSync(folder, { recursive: true }))

const page = readFileSync(join(root, 'docs/performance.md'), 'utf8')

it('shows the figures that were measured', () => {
  const measured: Measured = JSON.parse(readFileSync(join(root, 'docs/performance.json'), 'utf8'))
  expect(page).toBe(withTables(page, measured))
  expect(readFileSync(join(root, 'docs/growth.svg'), 'utf8')).toBe(growthPlot(measured.growth?.figures ?? []))
})

describe('the benchmark', () => {
  beforeAll(() => {
    const { status, stdout } = spawnSync('npx', ['tsc', '-p', 'tsconfig.bench.json'], { cwd: root, encoding: 'utf8' })
    expect(status, stdout).toBe(0)
    cpSync(join(root, 'docs/performance.md'), join(folder, 'performance.md'))
  })

  it.each([
    {
      claim: 'servers that do the same work and store what they acknowledge',
      command: 'bench --only sqlite',
      rows: ['`limit`: ', '`fastify`: ', '`koa-first`: ', '`rollcall`: '],
    },
    {
      claim: 'requests beside few and many users and keys',
      command: 'growth --only sqlite --users 100,1000 --keys 1,10',
      rows: ['SQLite | create | 1,000', 'SQLite | duplicate | 1,000', 'SQLite | key look-up | 10'],
    },
  ])('measures $claim', ({ command, rows }) => {
    const [name, ...flags] = command.split(' ')
    const quick = '--rounds 1 --warm-seconds 0.1 --seconds 0.3 --connections 4'.split(' ')
    const args = [`dist/bench/test/bench/${name}.js`, ...flags, ...quick, '--docs', folder]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const page = readFileSync(join(folder, 'performance.md'), 'utf8')
    for (const row of rows) {
      expect(stdout).toContain(`\n| ${row}`)
      expect(page).toContain(`\n| ${row}`)
    }
  })
})
