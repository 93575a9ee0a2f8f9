import { createHash } from 'node:crypto'
import { argv } from 'node:process'
import { createApp } from '../app.ts'
import { type Config, UsageError } from '../config.ts'
import type { CallerRule, Contract } from '../contracts/contract.ts'
import { documented } from '../contracts/document.ts'
import { contracts } from '../contracts/index.ts'
import { siteFolder } from '../docs/site-folder.ts'
import { allowOrigins } from '../http/allow-origins.ts'
import { backByStore } from '../http/back-by-store.ts'
import { countInBlocks } from '../http/count-in-blocks.ts'
import { countInMemory } from '../http/count-in-memory.ts'
import { createRoute } from '../http/create-route.ts'
import { listen } from '../http/listen.ts'
import { serveHealth } from '../http/serve-health.ts'
import { serveSite } from '../http/serve-site.ts'
import { withRateLimit } from '../http/with-rate-limit.ts'
import { createLog, type Log } from '../log.ts'
import { passwordQueue } from '../password.ts'
import type { NewKey } from '../store/key-store.ts'
import { measured } from '../store/measured.ts'
import { openStore, type Store } from '../store/store.ts'
import { expireRows } from './expire-rows.ts'
import { newKey } from './new-key.ts'
import { prepareSoon } from './prepare-soon.ts'
import { sampleCurl } from './sample-curl.ts'
import { untilStopped } from './until-stopped.ts'
import { withMetrics } from './with-metrics.ts'

/** Runs the service until SIGINT or SIGTERM; then finishes the requests in flight and closes the database. */
export function serve(config: Config): Promise<void> {
  return serveWith(config, config.databaseUrl, (store, origin, log) => greet(store, origin, config.production, log))
}

/** Runs the real service on an empty database in memory, with the same keys each time. */
export function serveSandbox(config: Config): Promise<void> {
  if (config.production) throw new UsageError('--sandbox has keys that everybody knows: not with NODE_ENV=production')
  return serveWith(config, 'sqlite::memory:', printSandboxKeys)
}

type Greet = (store: Store, origin: string, log: Log) => Promise<void>

async function serveWith(config: Config, databaseUrl: string, greet: Greet): Promise<void> {
  const log = createLog(config.logLevel)
  await withMetrics(config, log, async (metrics) => {
    metrics?.addGauge('rollcall_passwords_hashing', 'Passwords being hashed.', () => passwordQueue().running)
    metrics?.addGauge('rollcall_passwords_waiting', 'Passwords that wait to be hashed.', () => passwordQueue().waiting)
    const store = await openStore(databaseUrl)
    const stopExpiry = expireRows(store, log)
    try {
      const served = documented(contracts).map((each) => withRateLimit(each, config.rateLimit))
      const count = store.reserve ? countInBlocks(store.reserve) : countInMemory()
      const route = await createRoute(served, backByStore(metrics ? measured(store, metrics) : store, count))
      const app = createApp(route, log, {
        proxies: config.proxies,
        before: config.corsOrigins.length > 0 ? [allowOrigins(config.corsOrigins, served)] : [],
        otherwise: [serveHealth(store.demandReady), serveSite(siteFolder)],
        metrics,
      })
      const listening = await listen(app.callback(), config.host, config.port ?? 3000)
      await untilStopped(listening, log, async () => {
        await greet(store, listening.origin, log)
        console.log(`Rollcall listens on ${listening.origin}`)
        void prepareSoon(contracts, log)
      })
    } finally {
      stopExpiry()
      await store.database.destroy()
    }
  })
}

/** On a first start: makes a key for each contract and prints how to use it. Production keys are an operator's to make. */
async function greet({ keys }: Store, origin: string, production: boolean, log: Log): Promise<void> {
  if ((await keys.list()).length > 0) return
  if (production) return log.warn(`there are no keys yet: make one with "node ${argv[1]} keys create <contract>"`)

  const made = contracts.map((contract) => ({
    // The id is fixed: of two processes that start at once, the database lets one make the keys.
    ...newKey(contract, exampleHolder(contract.callers[0]), 'made at the first start', null),
    id: `first-${contract.name}`,
  }))
  const stored = await keys.insert(made, new Date())
  if (stored.length === 0) return
  console.log('A first start: here is a key for each contract. Keys are shown once; paste a line to create a user.\n')
  for (const [index, contract] of contracts.entries()) {
    console.log(`${sampleCurl(contract, origin, made[index]?.key ?? '')}\n`)
  }
}

async function printSandboxKeys({ keys }: Store, origin: string): Promise<void> {
  console.log('A sandbox: its users are gone when it ends, its keys are always these.\n')
  for (const contract of contracts) {
    for (const rule of contract.callers) {
      const key = sandboxKey(contract, rule)
      await keys.insert([key], new Date())
      const holder = [rule.role, rule.tenant?.example].filter(Boolean).join(' of ')
      console.log(`# ${contract.name}${holder && `, ${holder}`}\n${sampleCurl(contract, origin, key.key)}\n`)
    }
  }
}

function sandboxKey(contract: Contract, rule: CallerRule): NewKey {
  const seed = `sandbox ${contract.name} ${rule.role}`
  const key = contract.credential.newKey((size) => createHash('sha256').update(seed).digest().subarray(0, size))
  return { ...newKey(contract, exampleHolder(rule), 'sandbox', null), key }
}

function exampleHolder({ role, tenant }: CallerRule) {
  return { role: role ?? undefined, tenant: tenant?.example }
}
