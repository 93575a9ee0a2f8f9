import type { CheckMeans, JsonObject } from '../contract.ts'
import type { Issue } from '../issue.ts'
import { timestamp } from '../timestamp.ts'

/** Finds a date of birth after today, by the calendar of UTC. */
export function checkDob({ dob }: JsonObject, { now }: CheckMeans): readonly Issue[] {
  const today = timestamp(now).slice(0, 'YYYY-MM-DD'.length)
  return typeof dob === 'string' && dob > today
    ? [{ path: ['dob'], rule: 'future', message: 'must not be in the future' }]
    : []
}
