import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { send } from '@koa/send'
import type { AxeResults } from 'axe-core'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operationsOf, readDocument } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { siteFolder } from '../../src/docs/site-folder.ts'
import { root } from '../support/copy-project.ts'
import { exchangesOf } from '../support/exchanges.ts'
import { openBrowser } from '../support/open-browser.ts'
import { listening, stop } from '../support/rollcall.ts'
import { send as sendTo } from '../support/send.ts'

const WIDTHS = [390, 1280]
const SCHEMES = ['light', 'dark'] as const
const OWN_PAGES = ['/', '/map/']

/** What axe finds in Redoc's own markup and no style sheet can mend. */
const REDOC_EXCEPTIONS: Readonly<Record<string, string>> = {
  'label-content-name-mismatch': 'The menu of examples is labelled "Example", and shows the one that is chosen.',
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let cwd: string
let browser: Browser
let mock: Awaited<ReturnType<typeof listening>>
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'rollcall-pages-'))
  mock = await listening(['mock'], { cwd })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await stop(mock)
  rmSync(cwd, { recursive: true })
})

interface PageSettings {
  readonly width?: number
  readonly scheme?: (typeof SCHEMES)[number]
}

interface Opened {
  readonly page: Page
  readonly close: () => Promise<void>
  /** Errors in the console, errors that were thrown, requests that failed. */
  readonly complaints: readonly string[]
  /** Every address that was asked for. */
  readonly requested: readonly string[]
}

async function open(url: string, { width = 1280, scheme = 'light' }: PageSettings = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 1_800 }, colorScheme: scheme })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const requested: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(url)
  return { page, complaints, requested, close: () => context.close() }
}

/** Opens a page, hands it over and closes it. */
async function withPage<Result>(
  url: string,
  settings: PageSettings,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const opened = await open(url, settings)
  try {
    return await use(opened)
  } finally {
    await opened.close()
  }
}

/** What axe finds serious or critical, but for the exceptions. */
async function violations(page: Page, exceptions: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  // As a function's text: the page's policy forbids a script element and not this.
  await page.evaluate(axe)
  const found = await page.evaluate<AxeResults>('axe.run()')
  return found.violations
    .filter(({ impact, id }) => ['serious', 'critical'].includes(impact ?? '') && !(id in exceptions))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

function linksOf(page: Page): Promise<readonly string[]> {
  return page.evaluate('[...document.links].map(({ href }) => href)')
}

/** What was asked of anybody else. */
const foreign = (requested: readonly string[], origin: string) =>
  requested.filter((url) => !url.startsWith(`${origin}/`) && !/^(?:data:|blob:)/.test(url))

describe.each(OWN_PAGES)('%s', (path) => {
  it.each(WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ width, scheme }))))(
    'is readable at $width in $scheme, loads nothing else and does not scroll sideways',
    async (settings) => {
      await withPage(`${mock.origin}${path}`, settings, async ({ page, complaints, requested }) => {
        expect(complaints).toEqual([])
        expect(requested.filter((url) => !url.startsWith('data:'))).toEqual([`${mock.origin}${path}`])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(settings.width)
        expect(await violations(page)).toEqual([])
      })
    },
  )

  it('has links that lead somewhere', async () => {
    const links = await withPage(`${mock.origin}${path}`, {}, ({ page }) => linksOf(page))
    expect(links.length).toBeGreaterThan(contracts.length)
    for (const link of new Set(links)) expect((await fetch(link)).status, link).toBe(200)
  })
})

it('has every contract on the landing page, with what its document says', async () => {
  await withPage(`${mock.origin}/`, {}, async ({ page }) => {
    for (const contract of contracts) {
      const document = readDocument(contract.name)
      for (const { path, method, operation } of operationsOf(document)) {
        const row = await page.locator('tr', { hasText: document.info.title }).innerText()
        expect(row.replaceAll('\n', '')).toContain(`${method.toUpperCase()} ${path}`)
        expect(row).toContain(`${contract.credential.header}: `)
        expect(row).toContain(Object.keys(operation.responses).find((status) => status.startsWith('2')))
        expect(row).toContain(operation['x-unique'] ?? 'The document does not say.')
      }
    }
  })
})

it('has requests on the map that the mock accepts', async () => {
  const bodies = await withPage(`${mock.origin}/map/`, {}, ({ page }) =>
    page.$$eval('pre', (blocks) => blocks.map((block) => [block.dataset.contract, block.textContent] as const)),
  )
  expect(bodies.map(([name]) => name)).toEqual(contracts.map(({ name }) => name))
  for (const contract of contracts) {
    const body = bodies.find(([name]) => name === contract.name)?.[1] ?? ''
    const { status, text } = await sendTo(mock.origin, contract, { key: 'any', body })
    expect(status, text).toBeLessThan(300)
  }
  expect(JSON.stringify(bodies)).toContain('Clara Weiß')
})

for (const contract of contracts) {
  const document = readDocument(contract.name)
  const exchanges = exchangesOf(contract)

  describe(`the reference of ${contract.name}`, () => {
    let page: Page
    let opened: Opened
    beforeAll(async () => {
      opened = await open(`${mock.origin}/docs/${contract.name}/`)
      page = opened.page
      await page.getByRole('heading', { name: 'Responses' }).first().waitFor()
    })
    afterAll(() => opened.close())

    it.each(SCHEMES)('is accessible in %s', async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await page.reload()
      await page.getByRole('heading', { name: 'Responses' }).first().waitFor()
      expect(await page.locator('html').getAttribute('class')).toBe(colorScheme)
      expect(await violations(page, REDOC_EXCEPTIONS)).toEqual([])
    })

    it('shows who promises each property, header and status, and a legend', async () => {
      expect(await page.locator('.legend').innerText()).toMatch(/documented.*vendor.*decided/s)
      // A name that stands for any other is no property.
      const fields = page.locator('.schema-property-item:not(:has-text("additional property"))')
      expect(await fields.count()).toBeGreaterThan(1)
      for (const text of await fields.allInnerTexts()) expect(text).toMatch(/documented|vendor|decided/)
      for (const { operation } of operationsOf(document)) {
        for (const [status, response] of Object.entries(operation.responses)) {
          const row = page.locator('#redoc tr', { hasText: `code=${status}` })
          expect(await row.innerText()).toContain(response['x-provenance'])
        }
      }
    })

    it('shows every example of every status, and how to get it from the mock', async () => {
      const samples = page.locator('.panel-response-samples')
      for (const status of new Set(exchanges.map((exchange) => exchange.status))) {
        await page
          .getByRole('tab', { name: String(status) })
          .first()
          .click()
        await page.getByText(`Status ${status}: `).waitFor()
        const text = await page.locator('#redoc').innerText()
        const examples = exchanges.filter((exchange) => exchange.status === status)
        for (const { name } of examples) expect(text).toContain(`Prefer: example=${name}`)
        const shown = await samples.locator('[data-testid="source-code"]').first().innerText()
        expect(JSON.parse(shown)).toEqual(examples[0]?.value)
      }
    })

    it('shows samples in three languages after those of the document, and they run as copied', async () => {
      const panel = page.locator('.panel-request-samples')
      const code = panel.locator('[data-testid="source-code"]')
      let shown = ''
      const copied = async (label: string) => {
        // The second menu of the panel; the first one has the servers.
        const menu = panel.locator('[data-testid="dropdown"] > button').nth(1)
        await menu.click()
        await page.locator(`[role="menuitem"]:has([title="${label}"])`).click()
        await expect.poll(() => menu.innerText()).toBe(label)
        // The code changes a moment after the menu.
        await expect.poll(() => code.innerText()).not.toBe(shown)
        shown = await code.innerText()
        return shown
      }
      const documented = operationsOf(document).flatMap(({ operation }) => operation['x-codeSamples'] ?? [])
      for (const { label, source } of documented) expect(await copied(label)).toBe(source)
      const curl = spawnSync('sh', ['-c', `${await copied('curl')} -s -o /dev/null -w '%{http_code}'`])
      expect(String(curl.stdout)).toMatch(/^20[01]$/)
      const node = spawnSync(process.execPath, ['--input-type=module', '-e', await copied('JavaScript')])
      expect(String(node.stdout), String(node.stderr)).toMatch(/^20[01] \{/)
      expect(await copied('Python')).toContain(`"${mock.origin}`)
    })

    it('has the decisions of SOURCE.md below', async () => {
      const source = readFileSync(join(root, 'openapi', contract.name, 'SOURCE.md'), 'utf8')
      // A table has two lines before its rows.
      const rows = (source.match(/^\|/gm) ?? []).length - 2 * (source.match(/^\|\s*-/gm) ?? []).length
      expect(await page.locator('.decisions tbody tr').count()).toBe(rows)
      await page.getByRole('link', { name: 'Where the contract comes from' }).click()
      await expect
        .poll(() => page.evaluate<number>("document.querySelector('.decisions').getBoundingClientRect().top"))
        .toBeLessThan(1_800)
      // To Redoc a hash would be a route.
      expect(page.url()).not.toContain('#')
    })

    it('has complained about nothing and asked nobody else', async () => {
      await page.waitForLoadState('networkidle')
      expect(opened.complaints).toEqual([])
      expect(opened.requested.length).toBeGreaterThan(1)
      expect(foreign(opened.requested, mock.origin)).toEqual([])
    })
  })
}

describe('the site in a folder of another server', () => {
  let server: Server
  let prefixed: string
  beforeAll(async () => {
    const site = new Koa()
    site.use(async (koa) => {
      const path = koa.path.replace(/^\/some\/prefix\//, '/')
      if (path !== koa.path) await send(koa, path, { root: siteFolder, index: 'index.html' })
    })
    server = site.listen(0, '127.0.0.1')
    await once(server, 'listening')
    prefixed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/prefix`
  })
  afterAll(() => server.close())

  it.each(['/', '/map/', `/docs/${contracts[0]?.name}/`])('has all of %s', async (path) => {
    await withPage(`${prefixed}${path}`, {}, async ({ page, complaints, requested }) => {
      await page.waitForLoadState('networkidle')
      expect(complaints).toEqual([])
      expect(foreign(requested, prefixed)).toEqual([])
      for (const link of new Set(await linksOf(page))) {
        if (!link.startsWith('https://redocly.com/')) expect(link).toMatch(prefixed)
        if (link.startsWith(prefixed)) expect((await fetch(link)).status, link).toBe(200)
      }
    })
  })

  it('names the mock in its samples', async () => {
    expect(await (await fetch(`${prefixed}/origin.js`)).text()).toContain('http://127.0.0.1:4010')
  })
})

it.each(['index.html', 'map/index.html', `docs/${contracts[0]?.name}/index.html`])(
  'opens %s from a folder, without a server',
  async (path) => {
    await withPage(pathToFileURL(join(siteFolder, path)).href, {}, async ({ page, complaints }) => {
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForLoadState('networkidle')
      expect(complaints).toEqual([])
    })
  },
)
