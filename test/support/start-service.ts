import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { newKey } from '../../src/commands/new-key.ts'
import type { Config } from '../../src/config.ts'
import type { Contract } from '../../src/contracts/contract.ts'
import { documented } from '../../src/contracts/document.ts'
import { contracts } from '../../src/contracts/index.ts'
import { backByStore } from '../../src/http/back-by-store.ts'
import { countInBlocks } from '../../src/http/count-in-blocks.ts'
import { countInMemory } from '../../src/http/count-in-memory.ts'
import { createRoute } from '../../src/http/create-route.ts'
import { type Bounds, listen } from '../../src/http/listen.ts'
import type { Backing } from '../../src/http/serve-contract.ts'
import { withRateLimit } from '../../src/http/with-rate-limit.ts'
import { createLog } from '../../src/log.ts'
import { backByPrism } from '../../src/mock/back-by-prism.ts'
import { openStore, type Store } from '../../src/store/store.ts'

export interface Service {
  readonly origin: string
  readonly store: Store
  /** Every line logged so far, as text. */
  readonly logged: () => string
  /** A key of the contract, for its first caller rule unless another is named. */
  readonly keyFor: (contract: Contract, holder?: { role?: string; tenant?: string }) => Promise<string>
  readonly close: () => Promise<void>
}

interface Options {
  /** A database to open again; a new one in a temporary folder by default. */
  readonly databaseUrl?: string
  /** Other contracts than those that are served. */
  readonly served?: readonly Contract[]
  /** Suites send more than the documents allow: nothing is limited by default. */
  readonly rateLimit?: Config['rateLimit']
  readonly proxies?: number
  readonly bounds?: Partial<Bounds>
  /** Puts something else behind the contracts. */
  readonly back?: (backing: Backing) => Backing
}

/** What answers at an origin, and the keys that open it. */
export type Origin = Pick<Service, 'origin' | 'keyFor'>

/** The mock on a free port of this machine: any key opens it. */
export async function startMock(): Promise<Pick<Service, 'origin' | 'keyFor' | 'logged' | 'close'>> {
  const served = documented(contracts)
  const lines: string[] = []
  const log = createLog('trace', { write: (line) => void lines.push(line) })
  const route = await createRoute(served, await backByPrism(served, { dynamic: false, seed: undefined }))
  const listening = await listen(createApp(route, log).callback(), '127.0.0.1', 0)
  return {
    origin: listening.origin,
    keyFor: async () => 'any',
    logged: () => lines.join(''),
    close: () => listening.close(),
  }
}

/** The real service on a free port of this machine. */
export async function startService({
  databaseUrl,
  served = contracts,
  rateLimit = 'off',
  proxies = 0,
  bounds = {},
  back = (backing) => backing,
}: Options = {}): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-'))
  const store = await openStore(databaseUrl ?? `sqlite:${join(folder, 'rollcall.db')}`)
  const lines: string[] = []
  const log = createLog('trace', { write: (line) => void lines.push(line) })
  const limited = documented(served).map((each) => withRateLimit(each, rateLimit))
  const count = store.reserve ? countInBlocks(store.reserve) : countInMemory()
  const route = await createRoute(limited, back(backByStore(store, count)))
  const app = createApp(route, log, { proxies })
  const listening = await listen(app.callback(), '127.0.0.1', 0, bounds)

  return {
    origin: listening.origin,
    store,
    logged: () => lines.join(''),
    async keyFor(contract, holder) {
      const [{ role, tenant }] = contract.callers
      const key = newKey(contract, holder ?? { role: role ?? undefined, tenant: tenant?.example }, 'test', null)
      await store.keys.insert([key], new Date())
      return key.key
    },
    async close() {
      await listening.close()
      await store.database.destroy()
      rmSync(folder, { recursive: true })
    },
  }
}
