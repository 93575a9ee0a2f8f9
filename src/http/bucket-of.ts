import { createHash } from 'node:crypto'
import ipaddr from 'ipaddr.js'

/** How many counters there are for addresses. */
const bucketsMax = 16_384

/**
 * The counter that an address shares with few others, however many addresses there are: memory stays bounded.
 * An IPv6 address counts as its /64, which one holder has whole, and an IPv4 address written as IPv6 as itself.
 * What is no address counts as one.
 */
export function bucketOf(address: string): number {
  return createHash('sha256').update(networkOf(address)).digest().readUInt32BE() % bucketsMax
}

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}
