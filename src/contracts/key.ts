import type { ByteSource } from './contract.ts'

/** A key of 256 bits, in letters that need no quoting. */
export function base64Key(bytes: ByteSource): string {
  return bytes(32).toString('base64url')
}
