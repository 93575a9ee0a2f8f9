import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { copyProject, root } from '../support/copy-project.ts'
import { run, serve, stop } from '../support/rollcall.ts'

const copy = copyProject()
afterAll(copy.remove)

const LINES = [
  {
    file: 'openapi/redocly.yaml',
    after: 'apis:\n',
    line: '  sixth: { root: ./sixth/openapi.yaml, output: ../generated/sixth/openapi.json, x-openapi-ts: { output: ../generated/sixth/types.ts } }\n',
  },
  {
    file: 'src/contracts/index.ts',
    after: "import type { Contract } from './contract.ts'\n",
    line: "import { sixth } from './sixth/contract.ts'\n",
  },
  { file: 'src/contracts/index.ts', after: 'export const contracts: readonly Contract[] = [', line: 'sixth, ' },
]

function npm(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: copy.folder, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
}

it('adds a contract by two folders and a line in each of two lists', async () => {
  const { folder } = copy
  cpSync(join(root, 'test/support/sixth/openapi'), join(folder, 'openapi/sixth'), { recursive: true })
  cpSync(join(root, 'test/support/sixth/src'), join(folder, 'src/contracts/sixth'), { recursive: true })
  for (const { file, after, line } of LINES) {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toContain(after)
    writeFileSync(join(folder, file), text.replace(after, after + line))
  }
  npm('run', 'generate')
  npm('run', 'typecheck')
  npm('run', 'docs')

  const options = { cwd: folder, checkout: folder }
  const service = await serve(options)
  const made = await run(['keys', 'create', 'sixth', '--json'], options)
  const { key } = JSON.parse(made.stdout)
  const create = () =>
    fetch(`${service.origin}/teams/blue/members`, {
      method: 'POST',
      headers: { 'X-Sixth-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ nick: 'ada' }),
    })
  const created = await create()
  expect({ status: created.status, body: await created.json() }).toEqual({
    status: 201,
    body: { id: expect.any(String), team: 'blue', nick: 'ada' },
  })
  expect((await create()).status).toBe(409)
  expect(service.stdout()).toContain('/teams/{team}/members')
  expect(await (await fetch(service.origin)).text()).toContain('docs/sixth/index.html')
  expect(await (await fetch(`${service.origin}/docs/sixth`)).text()).toContain('Sixth')
  expect((await fetch(`${service.origin}/openapi/sixth.yaml`)).status).toBe(200)
  await stop(service)

  // The suites take the new contract from the list: no test is changed for it.
  for (const suite of ['test/contract/exchanges.test.ts', 'test/property', 'test/concurrency']) {
    npm('exec', '--', 'vitest', 'run', suite, '-t', 'sixth')
  }
})
