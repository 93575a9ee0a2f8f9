import type { ErrorObject } from 'ajv'
import { fieldOf, type Issue } from '../contracts/issue.ts'

const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be a valid e-mail address',
  date: 'must be a calendar date (YYYY-MM-DD)',
  'date-time': 'must be a date and time (RFC 3339)',
  uuid: 'must be a UUID',
  text: 'must not contain NUL or unpaired surrogates',
}

// Of one value, what a reader mends first is told first.
const ORDER = ['required', 'unknown', 'type', 'blank', 'minLength', 'maxLength', 'enum', 'pattern', 'format']

/** Ajv's errors about `{ requestBody, header, … }` as issues, those of one value together. */
export function toIssues(errors: readonly ErrorObject[]): readonly Issue[] {
  const issues = errors.map(toIssue)
  const places = new Map<string, number>()
  for (const issue of issues) places.set(fieldOf(issue), places.get(fieldOf(issue)) ?? places.size)
  const rank = (issue: Issue) => (places.get(fieldOf(issue)) ?? 0) * ORDER.length + ORDER.indexOf(issue.rule)
  return issues.sort((a, b) => rank(a) - rank(b))
}

function toIssue(error: ErrorObject): Issue {
  const [, place, ...steps] = error.instancePath.split('/')
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  // openapi-backend folds the names of headers.
  const path =
    place === 'header' ? names.map((name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())) : names
  const params = error.params as Readonly<Record<string, unknown>>

  switch (error.keyword) {
    case 'required':
      return { path: [...path, String(params.missingProperty)], rule: 'required', message: 'is required' }
    case 'additionalProperties':
      return { path: [...path, String(params.additionalProperty)], rule: 'unknown', message: 'is not a known property' }
    case 'type':
      return { path, rule: 'type', message: `must be ${types(params.type)}`, params }
    case 'enum':
      return { path, rule: 'enum', message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}`, params }
    case 'minLength':
      return { path, rule: 'minLength', message: `must be at least ${characters(params.limit)}`, params }
    case 'maxLength':
      return { path, rule: 'maxLength', message: `must be at most ${characters(params.limit)}`, params }
    case 'pattern':
      // `\S` is how our contracts say that a text must not be blank.
      return params.pattern === '\\S'
        ? { path, rule: 'blank', message: 'must not be blank' }
        : { path, rule: 'pattern', message: 'is not in the expected form', params }
    case 'format':
      return { path, rule: 'format', message: FORMATS[String(params.format)] ?? `must be a ${params.format}`, params }
    default:
      return { path, rule: error.keyword, message: error.message ?? 'is not valid', params }
  }
}

function types(type: unknown): string {
  const article = (name: unknown) =>
    name === 'null' ? 'null' : /^[aeiou]/.test(String(name)) ? `an ${name}` : `a ${name}`
  return [type].flat().map(article).join(' or ')
}

function characters(limit: unknown): string {
  return limit === 1 ? '1 character' : `${limit} characters`
}
