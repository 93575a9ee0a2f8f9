import { fieldOf, type Issue } from '../issue.ts'

const NAMES = new Map([
  ['name', 'Name'],
  ['firstName', 'First name'],
  ['lastName', 'Last name'],
  ['email', 'Email'],
  ['phone', 'Phone'],
  ['dob', 'Date of birth'],
  ['role', 'Role'],
])

/** What is wrong with a field, as the vendor says it: "Name is required". An unknown field is called as it was sent. */
export function messageOf(issue: Issue): string {
  const field = fieldOf(issue)
  return `${NAMES.get(field) ?? field} ${predicateOf(issue)}`
}

function predicateOf({ rule, message, params }: Issue): string {
  // To this vendor a blank text is a missing one.
  if (rule === 'blank') return 'is required'
  if (rule === 'enum') return `must be one of: ${[params?.allowedValues].flat().join(', ')}`
  if (rule === 'pattern' || params?.format === 'email') return 'format is invalid'
  return message
}
