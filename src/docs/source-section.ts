import { Marked, type Tokens } from 'marked'
import { Html, html } from './html.ts'

/** Tables of ours become cards on a phone, so each cell has the name of its column; headings go one level down. */
const marked = new Marked({
  renderer: {
    heading({ tokens, depth }) {
      const level = depth + 1
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`
    },
    table({ header, rows }) {
      const inline = ({ tokens }: Tokens.TableCell) => new Html(this.parser.parseInline(tokens))
      return html`<table class="cards">
<thead><tr>${header.map((cell) => html`<th scope="col">${inline(cell)}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...others]) => html`<tr>${first && html`<th scope="row">${inline(first)}</th>`}${others.map(
    (cell, index) => html`<td data-label="${header[index + 1]?.text}">${inline(cell)}</td>`,
  )}</tr>
`,
)}</tbody>
</table>
`.text
    },
  },
})

/** A SOURCE.md as a section of a page. */
export function sourceSection(markdown: string): Html {
  return html`<section id="decisions" class="decisions" aria-label="Where the contract comes from" tabindex="-1">
${new Html(marked.parse(markdown, { async: false }))}
</section>`
}
