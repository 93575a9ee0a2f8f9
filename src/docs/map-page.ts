import type { Contract } from '../contracts/contract.ts'
import { type ContractDocument, operationsOf } from '../contracts/document.ts'
import { bodyFor } from './body-for.ts'
import { type Html, html } from './html.ts'
import { requestMediaOf } from './operation-facts.ts'
import { grade, legend, page } from './page.ts'
import { type RequestField, requestFieldsOf } from './request-fields.ts'
import { samplePerson } from './sample-person.ts'
import { sampleRequest } from './sample-request.ts'

/** A column of the map: an operation, and what its request can hold. */
interface Column {
  readonly contract: string
  readonly vendor: string
  readonly fields: readonly RequestField[]
  readonly body: unknown
}

/** The page at `/map/`: which property of which contract holds what of a person. */
export function mapPage(
  served: readonly { readonly contract: Contract; readonly document: ContractDocument }[],
): string {
  const columns = served.flatMap(({ contract, document }) => columnsOf(contract, document))
  const words = [...new Set(columns.flatMap(({ fields }) => fields.flatMap(({ mapsTo }) => mapsTo ?? [])))]
  return page({
    title: 'Rollcall: one user, every contract',
    root: '../',
    styles: ['site.css', 'table.css', 'page.css'],
    policy: "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    main: html`<main id="content" tabindex="-1">
<h1>One user, every contract</h1>
<p class="lead">Which property of a request holds what of a user. <strong>*</strong> marks what must be there; a dash, what
the contract cannot hold.</p>
${legend}

<table class="cards map">
<thead><tr><th scope="col">Of a user</th>${columns.map(
      ({ contract, vendor }) => html`<th scope="col"><a href="../docs/${contract}/index.html">${vendor}</a></th>`,
    )}</tr></thead>
<tbody>
${words.map(
  (word) =>
    html`<tr><th scope="row">${spaced(word)}</th>${columns.map(({ vendor, fields }) =>
      cellOf(word, vendor, fields),
    )}</tr>`,
)}
</tbody>
</table>

<section aria-labelledby="limits">
<h2 id="limits">What each contract cannot hold</h2>
<dl class="limits">
${columns.map(({ vendor, fields }) => limitsOf(vendor, fields, words))}
</dl>
</section>

<section aria-labelledby="requests">
<h2 id="requests">The same user, sent to each</h2>
<p>The first example of each document, with this user in it. The mock accepts every one of them.</p>
<div class="bodies">
${columns.map(
  ({ contract, vendor, body }) => html`<figure><figcaption>${vendor}</figcaption>
<pre tabindex="0" aria-label="Request body for ${vendor}" data-contract="${contract}"><code>${JSON.stringify(body, null, 2)}</code></pre></figure>`,
)}
</div>
</section>
</main>`,
  })
}

function columnsOf(contract: Contract, document: ContractDocument): readonly Column[] {
  return operationsOf(document).map((at) => {
    const fields = requestFieldsOf(document, requestMediaOf(at)?.schema ?? {})
    const { body } = sampleRequest(contract, document, at, '')
    return { contract: contract.name, vendor: document.info.title, fields, body: bodyFor(samplePerson, fields, body) }
  })
}

function cellOf(word: string, vendor: string, fields: readonly RequestField[]): Html {
  const places = fields.filter(({ mapsTo }) => mapsTo === word)
  if (places.length === 0) {
    return html`<td class="none"><span aria-hidden="true">–</span><span class="spoken">nowhere</span></td>`
  }
  return html`<td data-label="${vendor}"><div>${places.map(
    ({ path, required, provenance }) =>
      html`<span class="place"><code>${path.flatMap((step, index) => [index > 0 && html`.<wbr>`, step])}</code>${
        required && html`<strong>*<span class="spoken"> required</span></strong>`
      } ${grade(provenance)}</span>`,
  )}</div></td>`
}

function limitsOf(vendor: string, fields: readonly RequestField[], words: readonly string[]): Html {
  const missing = words.filter((word) => !fields.some(({ mapsTo }) => mapsTo === word))
  const others = fields
    .filter(({ mapsTo }) => mapsTo === undefined)
    .map(({ path }) => html`<code>${path.join('.')}</code> `)
  return html`<div><dt>${vendor}</dt>
<dd>${missing.length > 0 ? missing.map(spaced).join(', ') : 'It has a place for everything in the table.'}</dd>
${others.length > 0 && html`<dd>It also takes ${others}</dd>`}</div>`
}

/** `givenName` → `given name`. */
function spaced(word: string): string {
  return word.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
