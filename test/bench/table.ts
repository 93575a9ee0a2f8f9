import { median } from './median.ts'

/** A compact table of Markdown. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')
}

/** The median of some numbers, as a cell; a dash where nothing could be measured. */
export function number(numbers: readonly (number | null)[], digits = 0): string {
  // JSON has no NaN, but null.
  const middle = median(numbers.map((value) => value ?? Number.NaN))
  return Number.isNaN(middle) ? '–' : middle.toLocaleString('en', { maximumFractionDigits: digits })
}

/** The median of ratios, as a cell. */
export function ratio(numbers: readonly number[]): string {
  return number(numbers, 2)
}
