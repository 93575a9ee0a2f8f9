import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../checkout.ts'
import { GRADES } from './grades.ts'
import { Html, html, type Part } from './html.ts'

interface PageParts {
  readonly title: string
  /** The way from the page's folder to the site's: empty, or `../../`. */
  readonly root: string
  /** Style sheets of this folder, by name. They are written into the page: it needs no other file. */
  readonly styles: readonly string[]
  /** What the page may load, as a `Content-Security-Policy`. */
  readonly policy: string
  readonly head?: Part
  readonly main: Part
}

/** A page of the site. Its links name files, so it also works from a folder without a server. */
export function page({ title, root, styles, policy, head, main }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
${styles.map((name) => html`<style>${asset(name)}</style>`)}
${head}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="site">
<a class="home" href="${root}index.html">Rollcall</a>
<nav aria-label="Site">
<a href="${root}index.html#contracts">Contracts</a>
<a href="${root}map/index.html">One user, every contract</a>
<a href="${root}llms.txt">llms.txt</a>
</nav>
</header>
${main}
</body>
</html>
`.text
}

/** Who promises what, as a list. */
export const legend = html`<dl class="legend" aria-label="Who promises what">
${GRADES.map(({ name, meaning }) => html`<div><dt>${grade(name)}</dt><dd>${meaning}</dd></div>`)}
</dl>`

/** Who promises something, as a badge. */
export function grade(name: string | undefined): Html | undefined {
  return name === undefined ? undefined : html`<span class="grade ${name}">${name}</span>`
}

/** A file of this folder, as it stands. */
function asset(name: string): Html {
  return new Html(readFileSync(join(checkout, 'src/docs', name), 'utf8'))
}
