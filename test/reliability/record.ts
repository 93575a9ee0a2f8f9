import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/copy-project.ts'
import { isFull } from './in-full.ts'

const page = join(root, 'docs', 'reliability.md')

type Figures = Readonly<Record<string, string | number>>

const tables = new Map<string, Figures[]>()

/** Adds a row to a table of docs/reliability.md, which stands between `<!-- name -->` and `<!-- /name -->`. */
export function record(name: string, figures: Figures): void {
  if (!isFull) return
  const rows = [...(tables.get(name) ?? []), figures]
  tables.set(name, rows)
  const text = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [before, rest] = text.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (after === undefined) throw new Error(`docs/reliability.md has no place for "${name}"`)
  writeFileSync(page, `${before}${begin}${tableOf(rows)}${end}${after}`)
}

function tableOf(rows: readonly Figures[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, names.map(() => '---'), ...rows.map((row) => names.map((name) => told(row[name])))]
  return lines
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
    .replaceAll(/ ?--- ?/g, '---')
}

function told(figure: string | number | undefined): string {
  return typeof figure === 'number' ? figure.toLocaleString('en') : (figure ?? '')
}
