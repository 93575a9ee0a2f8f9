import type { Config } from '../config.ts'
import type { Served } from './create-route.ts'

/** A contract with its document's limits, or with what an operator puts in the place of them all. */
export function withRateLimit({ contract, document }: Served, rateLimit: Config['rateLimit']): Served {
  const limits = document['x-rate-limits']
  if (rateLimit === 'documented' || !limits) return { contract, document }
  if (rateLimit === 'off') return { contract, document: { ...document, 'x-rate-limits': undefined } }
  const limit = { requests: rateLimit, seconds: 60 }
  return { contract, document: { ...document, 'x-rate-limits': { perKey: [limit], failedCredentials: limit } } }
}
