import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Contract } from '../contracts/contract.ts'
import { documented } from '../contracts/document.ts'
import { contracts } from '../contracts/index.ts'
import { backByStore } from '../http/back-by-store.ts'
import { createRoute } from '../http/create-route.ts'
import { type Listening, listen } from '../http/listen.ts'
import { createLog, type Log } from '../log.ts'
import type { KeyStore } from '../store/key-store.ts'
import { openStore } from '../store/store.ts'
import { newKey } from './new-key.ts'
import { sampleCurl } from './sample-curl.ts'
import { untilStopped } from './until-stopped.ts'

/** Runs the service until SIGINT or SIGTERM; then finishes the requests in flight and closes the database. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const store = await openStore(config.databaseUrl)
  let listening: Listening
  try {
    const app = createApp(await createRoute(documented(contracts), backByStore(store)), log)
    listening = await listen(app.callback(), config.host, config.port ?? 3000)
    await greet(store.keys, listening.origin, config.production, log)
  } catch (error) {
    await store.database.destroy()
    throw error
  }
  console.log(`Rollcall listens on ${listening.origin}`)
  await untilStopped(listening, log)
  await store.database.destroy()
}

/** On a first start: makes a key for each contract and prints how to use it. Production keys are an operator's to make. */
async function greet(keys: KeyStore, origin: string, production: boolean, log: Log): Promise<void> {
  if ((await keys.list()).length > 0) return
  if (production) return log.warn('there are no keys yet: make one with "npx rollcall keys create <contract>"')

  const made = contracts.map((contract) => firstKey(contract))
  // Their ids are fixed: of two processes that start at once, the database lets one make the keys.
  const stored = await keys.insert(made, new Date())
  if (stored.length === 0) return
  console.log('A first start: here is a key for each contract. Keys are shown once; paste a line to create a user.\n')
  for (const [index, contract] of contracts.entries()) {
    console.log(`${sampleCurl(contract, origin, made[index]?.key ?? '')}\n`)
  }
}

function firstKey(contract: Contract) {
  const [{ role, tenant }] = contract.callers
  const holder = { role: role ?? undefined, tenant: tenant?.example }
  return { ...newKey(contract, holder, 'made at the first start', null), id: `first-${contract.name}` }
}
