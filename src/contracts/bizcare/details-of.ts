import { fieldOf, type Issue } from '../issue.ts'
import { messageOf } from './message-of.ts'

/** Every message of every field that is wrong. */
export function detailsOf(issues: readonly Issue[]): Record<string, string[]> {
  const details = new Map<string, string[]>()
  for (const issue of issues) {
    const messages = details.get(fieldOf(issue)) ?? []
    details.set(fieldOf(issue), [...messages, messageOf(issue)])
  }
  // A field may be called `__proto__`, which would be lost if it were assigned.
  return Object.fromEntries(details)
}
