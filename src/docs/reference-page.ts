import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ContractDocument, operationsOf } from '../contracts/document.ts'
import { Html, html } from './html.ts'
import { legend, page } from './page.ts'

const run = promisify(execFile)

/** Redoc's bundle is written into the page, and its search is a worker made of its own text. Nothing else is loaded. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
].join('; ')

/** Redoc takes every hash for a route of its own and then shows no operation, so our links go to their places without one. */
const FOLLOW_LINKS = new Html(`<script>
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href="#content"], a[href="#decisions"]')
  if (!link) return
  event.preventDefault()
  const place = document.querySelector(link.hash)
  place.scrollIntoView()
  place.focus({ preventScroll: true })
})
</script>`)

const HYDRATE = 'hydrate(__redoc_definition,'

interface Settings {
  /** What the samples in the document name; the page puts its own origin there. */
  readonly origin: string
  readonly decisions: Html | undefined
  /** For the files that Redocly reads and writes. */
  readonly folder: string
}

/** The page of a contract: Redoc, and below it the contract's decisions. */
export async function referencePage(
  name: string,
  document: ContractDocument,
  { origin, decisions, folder }: Settings,
): Promise<string> {
  const file = (ending: string) => join(folder, `${name}.${ending}`)
  await Promise.all([
    writeFile(file('json'), JSON.stringify(document)),
    writeFile(file('options.json'), JSON.stringify(optionsFor(name, document))),
    writeFile(file('hbs'), template(document.info.title, decisions)),
  ])
  const args = [`${name}.json`, '--openapi', `${name}.options.json`, '--template', `${name}.hbs`, '-o', `${name}.html`]
  await run(process.execPath, [redocly(), 'build-docs', ...args, '--inlineBundle'], {
    // A folder of its own: no other configuration is found there.
    cwd: folder,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  return selfContained(await readFile(file('html'), 'utf8'), origin)
}

function optionsFor(name: string, document: ContractDocument) {
  const samples = operationsOf(document).flatMap(({ operation }) => operation['x-codeSamples'] ?? [])
  const languages = new Map(samples.map(({ lang, label }) => [label, { lang, label }]))
  return {
    codeSamples: { languages: [...languages.values(), { lang: 'payload', label: 'Payload' }] },
    downloadUrls: ['json', 'yaml'].map((ending) => ({
      title: `OpenAPI (${ending.toUpperCase()})`,
      url: `../../openapi/${name}.${ending}`,
    })),
    hideReplay: true,
    jsonSamplesExpandLevel: 'all',
    schemasExpansionLevel: 'all',
  }
}

/** Our page with the two places that Redocly fills in. To its templates, double braces in our texts would be more of them. */
function template(vendor: string, decisions: Html | undefined): string {
  return page({
    title: `${vendor}: create-user API`,
    root: '../../',
    styles: ['site.css', 'table.css', 'redoc.css'],
    policy: POLICY,
    head: html`<script src="../../origin.js"></script>
${FOLLOW_LINKS}
${new Html('{{{redocHead}}}')}`,
    main: html`<aside class="about" aria-label="About this page">
${legend}
${decisions && html`<p><a href="#decisions">Where the contract comes from</a></p>`}
</aside>
<div id="content" tabindex="-1">${new Html('{{{redocHTML}}}')}</div>
${decisions && new Html(decisions.text.replaceAll('{{', '&#123;{'))}`,
  })
}

/** Keeps a page of Redoc on its origin, and puts that origin into the samples. */
function selfContained(built: string, origin: string): string {
  const call = built.lastIndexOf(HYDRATE)
  if (call === -1) throw new Error('the page of Redoc no longer begins with a call of hydrate')
  const moved = `hydrate(JSON.parse(JSON.stringify(__redoc_definition).replaceAll(${JSON.stringify(origin)}, rollcallOrigin)),`
  return (
    (built.slice(0, call) + moved + built.slice(call + HYDRATE.length))
      // Redoc loads its logo from there even when everything else is in the page.
      .replaceAll(/https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini(?:-full)?\.svg/g, 'data:,')
      // The menu's links are written as if the page were the root of a server; the page itself routes by hash.
      .replaceAll(/href="(\/[^"]*)" data-discover="true"/g, 'href="#$1" data-discover="true"')
  )
}

function redocly(): string {
  try {
    return createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js')
  } catch (cause) {
    throw new Error('the documentation is built with @redocly/cli, a development package: run npm ci first', { cause })
  }
}
