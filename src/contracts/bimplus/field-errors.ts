import type { components } from '../../../generated/bimplus/types.ts'
import { fieldOf, type Issue } from '../issue.ts'

type FieldError = components['schemas']['Error']['errors'][number]

/** What is wrong with a birth date. */
export const notADay = 'must be a calendar date (YYYY-MM-DD)'

/** Issues as the contract lists them. */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues.map((issue) => ({ field: fieldOf(issue), message: messageOf(issue) }))
}

/** The empty text that an optional property may have means "not given": it is no choice to offer. */
function messageOf(issue: Issue): string {
  if (issue.rule === 'enum') {
    const choices = issue.params?.allowedValues as string[]
    return `must be one of ${choices.filter((choice) => choice !== '').join(', ')}`
  }
  if (issue.rule === 'pattern' && fieldOf(issue) === 'birthDate') return notADay
  return issue.message
}
