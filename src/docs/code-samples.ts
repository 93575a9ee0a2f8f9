import type { CodeSample } from '../contracts/document.ts'
import type { SampleRequest } from './sample-request.ts'

/** A request as programs: each runs as it stands and prints the answer. */
export function codeSamples(origin: string, request: SampleRequest): readonly CodeSample[] {
  return [
    { lang: 'Shell', label: 'curl', source: curl(origin, request) },
    { lang: 'JavaScript', label: 'JavaScript', source: javaScript(origin, request) },
    { lang: 'Python', label: 'Python', source: python(origin, request) },
  ]
}

function curl(origin: string, { method, path, headers, body }: SampleRequest): string {
  const lines = [`curl -X ${method} ${quote(`${origin}${path}`)}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`)
  if (body !== undefined) lines.push(`-d ${quote(json(body))}`)
  return lines.join(' \\\n  ')
}

function javaScript(origin: string, { method, path, headers, body }: SampleRequest): string {
  const options = [`method: ${json(method)},`, `headers: ${indented(json(headers))},`]
  if (body !== undefined) options.push(`body: JSON.stringify(${indented(json(body))}),`)
  return `const response = await fetch(${json(`${origin}${path}`)}, {
  ${options.join('\n  ')}
})
console.log(response.status, await response.json())`
}

function python(origin: string, { method, path, headers, body }: SampleRequest): string {
  const options = [`${json(method)},`, `${json(`${origin}${path}`)},`, `headers=${indented(pythonLiteral(headers))},`]
  if (body !== undefined) options.push(`json=${indented(pythonLiteral(body))},`)
  return `import requests

response = requests.request(
  ${options.join('\n  ')}
)
print(response.status_code, response.json())`
}

/** A word that a POSIX shell takes as it stands. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** JSON as Python: it is the same but for three words. */
function pythonLiteral(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return json(value)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map(pythonLiteral)
    : Object.entries(value).map(([name, inner]) => `${json(name)}: ${pythonLiteral(inner)}`)
  return items.length === 0
    ? `${open}${close}`
    : `${open}\n${items.map((item) => `  ${indented(item)},\n`).join('')}${close}`
}

/** Every line but the first, moved in by one step. */
function indented(text: string): string {
  return text.replaceAll('\n', '\n  ')
}
