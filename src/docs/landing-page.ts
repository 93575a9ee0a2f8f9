import { html, type Part } from './html.ts'
import type { OperationFacts } from './operation-facts.ts'
import { grade, legend, page } from './page.ts'

const COMMANDS = [
  {
    command: 'npm run mock',
    where: 'http://127.0.0.1:4010',
    what: 'Answers from the documents. Any key opens it, and every documented error can be asked for.',
  },
  {
    command: 'npm run sandbox',
    where: 'http://127.0.0.1:3000',
    what: 'The real service on an empty database in memory, with fixed keys that it prints.',
  },
  {
    command: 'npm start',
    where: 'http://127.0.0.1:3000',
    what: 'The real service: keys, validation, uniqueness, users in a database.',
  },
]

/** The page at `/`: the contracts side by side, and how to start what serves them. */
export function landingPage(operations: readonly OperationFacts[]): string {
  return page({
    title: 'Rollcall: create-user APIs side by side',
    root: '',
    styles: ['site.css', 'table.css', 'page.css'],
    policy: "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    main: html`<main id="content" tabindex="-1">
<h1>One origin, ${operations.length} ways to create a user</h1>
<p class="lead">Rollcall serves the create-user API of several vendors from hand-written OpenAPI documents, as a mock and
as a service. It is not the vendors' software and never calls them. Where a vendor's page leaves something open, we
decided, and every document says so.</p>

<section aria-labelledby="start">
<h2 id="start">Start</h2>
<ul class="commands">
${COMMANDS.map(
  ({ command, where, what }) => html`<li><code>${command}</code><span class="where">${where}</span><p>${what}</p></li>`,
)}
</ul>
<p>The mock gives the error that a request asks for, by status (<code>Prefer: code=409</code>) or by the name of an
example (<code>Prefer: example=emailTaken</code>). A wrong request gets the vendor's own error, which names what is
wrong.</p>
</section>

<section aria-labelledby="contracts">
<h2 id="contracts">The contracts</h2>
${legend}
<table class="cards">
<thead><tr><th scope="col">Vendor</th><th scope="col">Path</th><th scope="col">Credential</th><th scope="col">Success</th><th scope="col">An error looks like</th><th scope="col">Unique</th></tr></thead>
<tbody>
${operations.map(rowOf)}
</tbody>
</table>
<p><a href="map/index.html">Which field goes where</a>: one user in the words of every contract.</p>
</section>
</main>`,
  })
}

function rowOf({ contract, vendor, summary, route, credential, provenance, successes, error, unique }: OperationFacts) {
  return html`<tr>
<th scope="row"><a href="docs/${contract}/index.html">${vendor}</a><p>${summary}</p>
<p class="downloads"><a href="openapi/${contract}.json" aria-label="${vendor}, OpenAPI as JSON">JSON</a>
<a href="openapi/${contract}.yaml" aria-label="${vendor}, OpenAPI as YAML">YAML</a></p></th>
${cell('Path', html`<code>${breakable(route)}</code> ${grade(provenance)}`)}
${cell('Credential', html`<code>${credential}</code>`)}
${cell(
  'Success',
  successes.map(({ status, provenance }) => html`<code>${status}</code> ${grade(provenance)} `),
)}
${cell('An error looks like', error && html`<code>${error.status}</code> <code>${JSON.stringify(error.body)}</code>`)}
${cell('Unique', unique ?? 'The document does not say.')}
</tr>`
}

/** A cell that says on a phone, where the row becomes a card, what it is. */
function cell(label: string, content: Part) {
  return html`<td data-label="${label}">${content}</td>`
}

/** A path that a narrow column may break after a slash or a dot. */
function breakable(path: string): Part {
  return path.split(/(?<=[/.])/).map((piece) => html`${piece}<wbr>`)
}
