import { randomBytes } from 'node:crypto'

/** A new key of 256 random bits, in letters that need no quoting. */
export function randomKey(): string {
  return randomBytes(32).toString('base64url')
}
