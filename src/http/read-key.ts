import type { IncomingHttpHeaders } from 'node:http'
import type { Credential } from '../contracts/contract.ts'

/** The key that a request carries where its contract wants it; undefined where there is none. */
export function readKey(headers: IncomingHttpHeaders, credential: Credential): string | undefined {
  const value = headers[credential.header.toLowerCase()]
  if (typeof value !== 'string' || value === '') return undefined
  if (credential.scheme === undefined) return value

  const [word = '', key, ...rest] = value.split(/ +/)
  const isScheme = word.toLowerCase() === credential.scheme.toLowerCase()
  if (key === undefined) return credential.schemeOptional && !isScheme ? word : undefined
  return isScheme && rest.length === 0 && key !== '' ? key : undefined
}

/** The header value that carries a key: the reverse of `readKey`. */
export function writeKey(key: string, { scheme }: Credential): string {
  return scheme === undefined ? key : `${scheme} ${key}`
}
