import { hash } from '@node-rs/argon2'

/** Password → PHC string of argon2id with the library's parameters (19 MiB, 2 passes), which are OWASP's. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}
