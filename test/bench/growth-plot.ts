import { median } from './median.ts'
import { linesOf, microsOf, type Point } from './parts/growth.ts'

const width = 720
const height = 400
const left = 60
const right = 210
const top = 30
const bottom = 50
const COLOURS = ['#4e79a7', '#f28e2b', '#59a14f', '#e15759', '#76b7b2', '#b07aa1']
// Readable on white and on black.
const INK = '#808080'

/** An SVG of CPU time by size, as a multiple of that at the smallest size. */
export function growthPlot(points: readonly Point[]): string {
  const sizes = points.map(({ size }) => Math.log10(size))
  const [least, most] = [Math.floor(Math.min(...sizes)), Math.max(...sizes)]
  const lines = linesOf(points).map((line) => {
    const [first = Number.NaN] = line.map((point) => median(microsOf(point)))
    return line.map((point) => ({ ...point, multiple: median(microsOf(point)) / first }))
  })
  const highest = Math.max(1.5, ...lines.flat().map(({ multiple }) => multiple)) * 1.1
  const x = (exponent: number) => left + ((exponent - least) / (most - least || 1)) * (width - left - right)
  const y = (multiple: number) => height - bottom - (multiple / highest) * (height - top - bottom)

  const grid = Array.from({ length: Math.floor(highest / 0.5) + 1 }, (_, index) => index / 2).map(
    (multiple) =>
      `<path d="M${left} ${y(multiple)}H${width - right}" stroke="${INK}" stroke-opacity="${multiple === 1 ? 0.8 : 0.25}"/>` +
      text(left - 8, y(multiple) + 4, `${multiple} ×`, 'end'),
  )
  const decades = Array.from({ length: Math.floor(most) - least + 1 }, (_, index) => least + index).map((exponent) =>
    text(x(exponent), height - bottom + 20, (10 ** exponent).toLocaleString('en'), 'middle'),
  )
  const drawn = lines.map((line, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? INK
    const at = line.map(({ size, multiple }) => `${x(Math.log10(size)).toFixed(1)},${y(multiple).toFixed(1)}`)
    const legend = top + 10 + index * 22
    return [
      `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...at.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3" fill="${colour}"/>`),
      `<path d="M${width - right + 16} ${legend - 4}h20" stroke="${colour}" stroke-width="3"/>`,
      text(width - right + 42, legend, `${line[0]?.engine}, ${line[0]?.of}`, 'start'),
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">
<title>CPU time of a request by the number of users or keys</title>
${[...grid, ...decades, ...drawn].join('\n')}
${text((left + width - right) / 2, height - 10, 'users; keys for the key look-up', 'middle')}
</svg>
`
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${INK}">${content}</text>`
}
