import type { Check, JsonObject } from '../contract.ts'
import type { Issue } from '../issue.ts'
import { notADay } from './field-errors.ts'

/** Finds a birth date that no calendar has, and parts of an address that are given twice and differ. */
export const checkUser: Check = (body) => [...birthDateIssues(body), ...addressIssues(body)]

function birthDateIssues({ birthDate }: JsonObject): Issue[] {
  const isGiven = typeof birthDate === 'string' && birthDate !== ''
  return isGiven && !isDay(birthDate) ? [{ path: ['birthDate'], rule: 'date', message: notADay }] : []
}

function isDay(text: string): boolean {
  const date = new Date(text)
  // 30 February is read as 2 March.
  return !Number.isNaN(date.valueOf()) && date.toISOString().slice(0, 10) === text
}

function addressIssues(body: JsonObject): Issue[] {
  // What is no object has no such parts, and the schema refuses it.
  const address = (body.address ?? {}) as JsonObject
  return ['street', 'streetNr', 'zip', 'city']
    .filter((part) => isText(body[part]) && isText(address[part]) && body[part] !== address[part])
    .map((part) => ({ path: [part], rule: 'same', message: `must be the same as address.${part}` }))
}

/** An empty text is one that was not given. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
