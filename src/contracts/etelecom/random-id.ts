import { randomBytes } from 'node:crypto'

/** A new id: a positive int64 of 63 random bits, in decimal. */
export function randomId(): string {
  const bits = randomBytes(8).readBigUInt64BE() >> 1n
  return String(bits || 1n)
}
