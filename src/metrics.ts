import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the service measures of itself. The values of labels are ours: none is a path or anything else that a client chose. */
export interface Metrics {
  readonly countRequest: (request: MeasuredRequest) => void
  readonly countStoreOperation: (operation: string, outcome: string, seconds: number) => void
  /** Adds a gauge. Its value is asked for when somebody reads the metrics. */
  readonly addGauge: (name: string, help: string, read: () => number) => void
  /** Everything, in the text format of Prometheus. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** A request that has ended; without a status its client left before it was told one. */
interface MeasuredRequest {
  readonly contract: string | undefined
  readonly operation: string | undefined
  readonly status: number | undefined
  readonly refusal: string | undefined
  readonly seconds: number
}

// From what SQLite needs for a read to what a request may wait for PostgreSQL.
const SECONDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Metrics in a registry of their own, those of the process among them. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'rollcall_requests_total',
    help: 'Requests that have ended.',
    labelNames: ['contract', 'operation', 'status'],
    registers,
  })
  const requestDuration = new Histogram({
    name: 'rollcall_request_duration_seconds',
    help: 'Time from the head of a request to the end of its reply.',
    labelNames: ['contract', 'operation'],
    buckets: SECONDS,
    registers,
  })
  const refusals = new Counter({
    name: 'rollcall_refusals_total',
    help: 'Requests that a contract refused before its handler, by kind; "limited" are those over a rate limit.',
    labelNames: ['contract', 'kind'],
    registers,
  })
  const storeDuration = new Histogram({
    name: 'rollcall_store_duration_seconds',
    help: 'Time that the store took for a request, repeated attempts included.',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers,
  })

  return {
    countRequest({ contract = 'none', operation = 'none', status, refusal, seconds }) {
      requests.inc({ contract, operation, status: status ?? 'aborted' })
      requestDuration.observe({ contract, operation }, seconds)
      if (refusal) refusals.inc({ contract, kind: refusal })
    },
    countStoreOperation: (operation, outcome, seconds) => storeDuration.observe({ operation, outcome }, seconds),
    addGauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
