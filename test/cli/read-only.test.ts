import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { root } from '../support/copy-project.ts'
import { createKey } from '../support/create-key.ts'
import { type Options, run, serve, stop } from '../support/rollcall.ts'
import { sampleBody, send } from '../support/send.ts'

/** Everything but `data` may be read only. */
const folder = mkdtempSync(join(tmpdir(), 'rollcall-read-only-'))
const checkout = join(folder, 'rollcall')
const data = join(folder, 'data')
const home = join(folder, 'home')

// Root may write everywhere: it lets nobody run a copy of Node, which may stand where nobody can reach it.
const identity =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534, node: join(folder, 'node', 'bin', 'node') } : undefined

const options: Options = {
  cwd: checkout,
  checkout,
  identity,
  env: { DATABASE_URL: `sqlite:${join(data, 'rollcall.db')}`, NODE_ENV: 'production', HOME: home, TMPDIR: home },
}

beforeAll(() => {
  for (const name of ['dist', 'site', 'generated', 'openapi', 'package.json']) {
    cpSync(join(root, name), join(checkout, name), { recursive: true })
  }
  for (const path of runtimePackages()) {
    cpSync(path, join(checkout, relative(root, path)), { recursive: true, verbatimSymlinks: true })
  }
  mkdirSync(home)
  if (identity) cpSync(process.execPath, identity.node)
  mkdirSync(data)
  chmod('a+rX,a-w')
  chmodSync(data, 0o700)
  if (identity) chownSync(data, identity.uid, identity.gid)
})
afterAll(() => {
  chmod('u+w')
  rmSync(folder, { recursive: true })
})

/** The folders of what a production install has. */
function runtimePackages(): string[] {
  const { stdout } = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' })
  const [, ...packages] = stdout.trim().split('\n')
  expect(packages.length).toBeGreaterThan(50)
  return packages
}

function chmod(mode: string): void {
  expect(spawnSync('chmod', ['-R', mode, folder]).status).toBe(0)
}

/** Every file and folder but those of the data, with what a write would change. */
function tree(): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !path.startsWith('data/'))
  return paths
    .map((path) => {
      const { mtimeMs, size, mode } = statSync(join(folder, path))
      return path === 'data' ? path : `${path} ${mtimeMs} ${size} ${mode}`
    })
    .sort()
}

it('serves, backs up and moves as a plain user who can write to the data folder only', async () => {
  const write = `require('fs').writeFileSync(${JSON.stringify(join(checkout, 'file'))}, '')`
  const writing = spawnSync(identity?.node ?? process.execPath, ['-e', write], { ...identity, encoding: 'utf8' })
  expect(writing.stderr).toContain('EACCES')

  const before = tree()
  const service = await serve(options)
  for (const contract of contracts) {
    const { key } = await createKey(contract, options)
    expect((await send(service.origin, contract, { key, body: sampleBody(contract) })).status).toBeLessThan(300)
  }
  expect((await fetch(service.origin)).status).toBe(200)
  for (const args of [
    ['users', 'list'],
    ['users', 'export'],
    ['backup', join(data, 'backup.db')],
    ['move', '--to', `sqlite:${join(data, 'moved.db')}`],
  ]) {
    const { code, stderr } = await run(args, options)
    expect(code, stderr).toBe(0)
  }
  expect((await stop(service)).code).toBe(0)
  expect(
    readdirSync(data)
      .filter((name) => !/-(wal|shm)$/.test(name))
      .sort(),
  ).toEqual(['backup.db', 'moved.db', 'rollcall.db'])
  expect(tree()).toEqual(before)
})
