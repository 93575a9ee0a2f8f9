import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contracts } from '../../src/contracts/index.ts'
import { codeSamples } from '../../src/docs/code-samples.ts'
import { html } from '../../src/docs/html.ts'
import { run } from '../support/rollcall.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-out-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('rollcall docs', () => {
  it('writes the site, keeps what is current and takes away what is not of it', async () => {
    const built = await run(['docs', '--out', 'site'], { cwd })
    expect(built, built.stderr).toMatchObject({ code: 0, stdout: '' })
    const files = readdirSync(join(cwd, 'site'), { recursive: true })
    for (const { name } of contracts) {
      expect(files).toEqual(
        expect.arrayContaining([`docs/${name}/index.html`, `openapi/${name}.json`, `openapi/${name}.yaml`]),
      )
    }
    const page = join(cwd, 'site/index.html')
    const { mtimeMs } = statSync(page)
    expect((await run(['docs', '--out', 'site'], { cwd })).stderr).toContain('current')
    expect(statSync(page).mtimeMs).toBe(mtimeMs)

    writeFileSync(join(cwd, 'site/.rollcall-site'), 'made from something else')
    writeFileSync(join(cwd, 'site/openapi/gone.json'), '{}')
    expect((await run(['docs', '--out', 'site'], { cwd })).code).toBe(0)
    expect(existsSync(join(cwd, 'site/openapi/gone.json'))).toBe(false)
    expect(existsSync(page)).toBe(true)
  })

  it('leaves a folder alone that has other files', async () => {
    writeFileSync(join(cwd, 'mine.txt'), 'mine')
    const { code, stderr } = await run(['docs', '--out', '.'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('other files')
    expect(readFileSync(join(cwd, 'mine.txt'), 'utf8')).toBe('mine')
  })
})

it('escapes what is put into markup', () => {
  expect(html`<a title="${`"<&>'`}">${['<b>', html`<i>${1}</i>`, undefined, false]}</a>`.text).toBe(
    '<a title="&quot;&lt;&amp;&gt;&#39;">&lt;b&gt;<i>1</i></a>',
  )
})

it('writes Python literals in the samples', () => {
  const body = { yes: true, no: false, none: null, list: [1, 'a'], empty: {}, quote: 'it\'s "so"' }
  const request = { method: 'POST', path: '/p', headers: { 'X-Key': 'k' }, body }
  const python = codeSamples('http://host', request).find(({ lang }) => lang === 'Python')
  expect(python?.source).toBe(`import requests

response = requests.request(
  "POST",
  "http://host/p",
  headers={
    "X-Key": "k",
  },
  json={
    "yes": True,
    "no": False,
    "none": None,
    "list": [
      1,
      "a",
    ],
    "empty": {},
    "quote": "it's \\"so\\"",
  },
)
print(response.status_code, response.json())`)
})
