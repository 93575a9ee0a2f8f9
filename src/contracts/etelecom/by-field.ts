import { fieldOf, type Issue } from '../issue.ts'

/** What is wrong with each field: `{ phone: 'is required' }`. Several issues of one field are joined. */
export function byField(issues: readonly Issue[]): Record<string, string> {
  const messages = new Map<string, string>()
  for (const issue of issues) {
    const field = fieldOf(issue)
    const earlier = messages.get(field)
    messages.set(field, earlier === undefined ? issue.message : `${earlier}; ${issue.message}`)
  }
  return Object.fromEntries(messages)
}
