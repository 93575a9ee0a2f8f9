import type { ErrorObject } from 'ajv'
import type { Check, CheckMeans, JsonObject } from '../contracts/contract.ts'
import type { Issue } from '../contracts/issue.ts'
import { toIssues } from './to-issues.ts'

// A body of nothing but mistakes must not earn a reply of many times its size.
const issuesMax = 100

/** Everything that is wrong with a body: what its schema says, then what the slice's check finds in the rest of it. */
export async function judge(
  body: JsonObject,
  errors: readonly ErrorObject[],
  check: Check | undefined,
  means: CheckMeans,
): Promise<Issue[]> {
  if (errors.length === 0 && !check) return []
  const broken = toIssues(errors)
  const told = new Set(broken.map(({ path }) => JSON.stringify(path)))
  // An issue of an object speaks for its properties too.
  const isTold = ({ path }: Issue) => path.some((_, depth) => told.has(JSON.stringify(path.slice(0, depth + 1))))
  const found = (await check?.(body, means))?.filter((issue) => !isTold(issue)) ?? []
  return inOrderOf(body, [...broken, ...found]).slice(0, issuesMax)
}

/** Issues as a reader goes through the body: its properties in their order, then what is missing. */
function inOrderOf(body: JsonObject, issues: readonly Issue[]): Issue[] {
  const places = new Map(Object.keys(body).map((property, index) => [property, index]))
  const place = ({ path: [property] }: Issue) => (property === undefined ? -1 : (places.get(property) ?? places.size))
  return issues.toSorted((a, b) => place(a) - place(b))
}
