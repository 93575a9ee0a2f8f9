import { setTimeout as sleep } from 'node:timers/promises'
import type { Middleware } from 'koa'
import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import { documented } from '../contracts/document.ts'
import { contracts } from '../contracts/index.ts'
import { siteFolder } from '../docs/site-folder.ts'
import { allowOrigins } from '../http/allow-origins.ts'
import { createRoute, type Route, type Served } from '../http/create-route.ts'
import { listen } from '../http/listen.ts'
import type { RequestState } from '../http/request-state.ts'
import { serveHealth } from '../http/serve-health.ts'
import { serveSite } from '../http/serve-site.ts'
import { createLog } from '../log.ts'
import { backByPrism } from '../mock/back-by-prism.ts'
import { watchDocuments } from '../mock/watch-documents.ts'
import { contractNamed } from './contract-named.ts'
import { prepareSoon } from './prepare-soon.ts'
import { untilStopped } from './until-stopped.ts'

export interface MockFlags {
  readonly only?: readonly string[]
  /** At least and at most so long before each answer. */
  readonly delay?: readonly [minMs: number, maxMs: number]
  readonly dynamic?: boolean
  readonly seed?: string
  readonly watch?: true
}

/** Serves the contracts from their documents: no database, no keys to make. Browsers of any origin may call it. */
export async function mock(config: Config, { only, delay, dynamic = false, seed, watch }: MockFlags): Promise<void> {
  const log = createLog(config.logLevel)
  const mocked = documented(only?.map(contractNamed) ?? contracts)
  const routeTo = async (served: readonly Served[]) => createRoute(served, await backByPrism(served, { dynamic, seed }))

  let route: Route = await routeTo(mocked)
  const app = createApp((path) => route(path), log, {
    before: [allowOrigins(['*'], mocked), ...(delay ? [delayed(...delay, (path) => route(path) !== undefined)] : [])],
    otherwise: [serveHealth(async () => {}), serveSite(siteFolder)],
  })
  const listening = await listen(app.callback(), config.host, config.port ?? 4010)
  // What is to stay when a file is broken must be there.
  if (watch) await Promise.all(mocked.map(({ contract }) => contract.prepare?.()))
  const stopWatching = watch
    ? await watchDocuments(mocked, log, async (served) => {
        route = await routeTo(served)
      })
    : () => {}
  await untilStopped(listening, log, () => {
    console.log(`Rollcall mock listens on ${listening.origin}`)
    void prepareSoon(
      mocked.map(({ contract }) => contract),
      log,
    )
  })
  stopWatching()
}

function delayed(minMs: number, maxMs: number, isOwned: (path: string) => boolean): Middleware<RequestState> {
  return async (koa, next) => {
    if (!isOwned(koa.state.path)) return next()
    // The server cuts off connections on which nothing happens for long.
    koa.req.setTimeout(0)
    await sleep(minMs + Math.random() * (maxMs - minMs))
    await next()
  }
}
