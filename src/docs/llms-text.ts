import type { OperationFacts } from './operation-facts.ts'

/** `/llms.txt`: the site for programs that read texts, in the form of llmstxt.org. */
export function llmsText(operations: readonly OperationFacts[]): string {
  const lines = operations.map(
    ({ contract, vendor, summary, route, credential, successes, unique }) =>
      `- [${vendor}](openapi/${contract}.json): ${summary} \`${route}\`, \`${credential}\`, success ${successes
        .map(({ status }) => status)
        .join(' or ')}${unique === undefined ? '' : `, unique: ${unique}`}. [For people](docs/${contract}/index.html).`,
  )
  return `# Rollcall

> The create-user APIs of several vendors on one origin, from hand-written OpenAPI documents. A mock (\`npm run mock\`, port
> 4010, any key) and a service (\`npm start\`, port 3000). In the documents \`x-provenance\` says who promises something: the
> vendor's page for the operation (\`documented\`), another page of the vendor (\`vendor\`), or nobody but us (\`decided\`).

The mock gives any documented answer to a valid request: \`Prefer: code=<status>\` or \`Prefer: example=<name>\`.

## OpenAPI documents

${lines.join('\n')}

## Pages

- [The contracts side by side](index.html)
- [One user, every contract](map/index.html): which field goes where
`
}
