import type { Config } from '../config.ts'
import type { Served } from './create-route.ts'

/** A contract with its document's limits, or with what an operator puts in their place. */
export function withRateLimit({ contract, document }: Served, rateLimit: Config['rateLimit']): Served {
  const limits = document['x-rate-limits']
  if (rateLimit === 'documented' || !limits) return { contract, document }
  const instead = rateLimit === 'off' ? undefined : { ...limits, perKey: [{ requests: rateLimit, seconds: 60 }] }
  return { contract, document: { ...document, 'x-rate-limits': instead } }
}
