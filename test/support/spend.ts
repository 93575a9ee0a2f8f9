import { expect } from 'vitest'
import type { Contract } from '../../src/contracts/contract.ts'
import { send } from './send.ts'

/** Sends so many requests with a key, twenty at a time; no limit may refuse one. */
export async function spend(origin: string, contract: Contract, key: string, requests: number): Promise<void> {
  let left = requests
  const client = async () => {
    while (left-- > 0) {
      // The label is wrong: such a request counts like any other, and stores nothing.
      const { status } = await send(origin, contract, { key, body: '{}', headers: { 'Content-Type': 'text/plain' } })
      expect(status).not.toBe(429)
    }
  }
  await Promise.all(Array.from({ length: 20 }, client))
}
