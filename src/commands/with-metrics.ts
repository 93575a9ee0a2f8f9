import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import { listen } from '../http/listen.ts'
import { serveMetrics } from '../http/serve-metrics.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'

/** Runs a service with metrics, told on a port of their own, where METRICS_PORT asks for them; else without. */
export async function withMetrics(
  { metricsPort, host }: Config,
  log: Log,
  run: (metrics?: Metrics) => Promise<void>,
): Promise<void> {
  if (metricsPort === undefined) return run()
  // Loaded only here: most starts need none of it.
  const { createMetrics } = await import('../metrics.ts')
  const metrics = createMetrics()
  const app = createApp(() => undefined, log, { before: [serveMetrics(metrics)] })
  const listening = await listen(app.callback(), host, metricsPort)
  console.log(`Metrics are on ${listening.origin}/metrics`)
  try {
    await run(metrics)
  } finally {
    await listening.close()
  }
}
