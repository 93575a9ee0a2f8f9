import { STATUS_CODES } from 'node:http'
import type { Reply } from '../contracts/contract.ts'

/** Our own error, for a path that belongs to no contract (RFC 9457). */
export function problem(status: number, detail: string, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
    body: { type: 'about:blank', title: STATUS_CODES[status], status, detail },
  }
}
