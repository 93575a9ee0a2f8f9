import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stringifyYaml } from '@redocly/openapi-core'
import { checkout } from '../checkout.ts'
import { documented } from '../contracts/document.ts'
import { contracts } from '../contracts/index.ts'
import { decorate } from './decorate.ts'
import type { Html } from './html.ts'
import { landingPage } from './landing-page.ts'
import { llmsText } from './llms-text.ts'
import { mapPage } from './map-page.ts'
import { factsOf } from './operation-facts.ts'
import { referencePage } from './reference-page.ts'
import { sourceSection } from './source-section.ts'

/** Where the mock listens by default: what samples name until a page knows better. */
const MOCK_ORIGIN = 'http://127.0.0.1:4010'

/** Writes every file of the site into a folder. */
export async function buildSite(out: string): Promise<void> {
  const served = documented(contracts)
  const facts = served.flatMap(({ contract, document }) => factsOf(contract, document))
  const write = (path: string, text: string) => writeInto(join(out, path), text)

  await write('index.html', landingPage(facts))
  await write('map/index.html', mapPage(served))
  await write('llms.txt', llmsText(facts))
  // A server that has the contracts too answers here with its own origin.
  await write('origin.js', `globalThis.rollcallOrigin = ${JSON.stringify(MOCK_ORIGIN)}\n`)

  const folder = await mkdtemp(join(tmpdir(), 'rollcall-docs-'))
  try {
    await inParallel(served, async ({ contract, document }) => {
      const { name } = contract
      const decorated = decorate(contract, document, MOCK_ORIGIN)
      const settings = { origin: MOCK_ORIGIN, decisions: decisionsOf(name), folder }
      await write(`docs/${name}/index.html`, await referencePage(name, decorated, settings))
      await write(`openapi/${name}.yaml`, stringifyYaml(document))
      await copyFile(join(checkout, 'generated', name, 'openapi.json'), join(out, `openapi/${name}.json`))
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A contract's SOURCE.md as a section; undefined where there is none. */
function decisionsOf(name: string): Html | undefined {
  const file = join(checkout, 'openapi', name, 'SOURCE.md')
  return existsSync(file) ? sourceSection(readFileSync(file, 'utf8')) : undefined
}

/** Works on every item, on as many at once as there are cores. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (const item of waiting) await work(item)
  })
  await Promise.all(workers)
}

async function writeInto(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
