import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { copyProject, root } from '../support/copy-project.ts'

const copy = copyProject()
afterAll(copy.remove)

const generated = () =>
  contracts.flatMap(({ name }) => ['openapi.json', 'types.ts'].map((file) => join('generated', name, file)))
const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8')

beforeAll(() => {
  rmSync(join(copy.folder, 'generated'), { recursive: true })
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'generate'], { cwd: copy.folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm run generate failed: ${stdout}${stderr}`)
})

it('is what `npm run generate` writes now', () => {
  const stale = generated().filter((file) => read(root, file) !== read(copy.folder, file))
  expect(stale, 'stale, run `npm run generate`').toEqual([])
})

it('holds the contracts that are served, and no others', () => {
  const names = contracts.map(({ name }) => name).sort()
  expect(readdirSync(join(root, 'generated')).sort()).toEqual(names)
  expect(readdirSync(join(copy.folder, 'generated')).sort()).toEqual(names)
})
