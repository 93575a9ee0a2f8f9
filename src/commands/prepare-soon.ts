import { setTimeout as sleep } from 'node:timers/promises'
import type { Contract } from '../contracts/contract.ts'
import type { Log } from '../log.ts'

const afterMs = 1_000

/** Loads what contracts have put off, once the first requests are likely served: later the files may be those of another build. */
export async function prepareSoon(contracts: readonly Contract[], log: Log): Promise<void> {
  await sleep(afterMs, undefined, { ref: false })
  for (const { name, prepare } of contracts) {
    await prepare?.().catch((error) => log.error({ err: error, contract: name }, 'the contract could not be loaded'))
  }
}
