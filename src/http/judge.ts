import type { ErrorObject } from 'ajv'
import type { Check, CheckMeans, JsonObject } from '../contracts/contract.ts'
import type { Issue } from '../contracts/issue.ts'
import { toIssues } from './to-issues.ts'

/** Everything that is wrong with a body: what its schema says, then what the slice's check finds in the rest of it. */
export function judge(
  body: JsonObject,
  errors: readonly ErrorObject[],
  check: Check | undefined,
  means: CheckMeans,
): Issue[] {
  const broken = toIssues(errors)
  const isTold = ({ path }: Issue) => broken.some((told) => told.path.every((step, depth) => step === path[depth]))
  const found = check?.(body, means).filter((issue) => !isTold(issue)) ?? []
  return inOrderOf(body, [...broken, ...found])
}

/** Issues as a reader goes through the body: its properties in their order, then what is missing. */
function inOrderOf(body: JsonObject, issues: readonly Issue[]): Issue[] {
  const places = new Map(Object.keys(body).map((property, index) => [property, index]))
  const place = ({ path: [property] }: Issue) => (property === undefined ? -1 : (places.get(property) ?? places.size))
  return issues.toSorted((a, b) => place(a) - place(b))
}
