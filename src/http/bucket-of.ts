import { hash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** How many counters there are for addresses. */
const bucketsMax = 16_384

/**
 * The counter that an address shares with few others, however many addresses there are: memory stays bounded.
 * An IPv6 address counts as its /64, which one holder has whole, and an IPv4 address written as IPv6 as itself.
 * What is no address counts as one.
 */
export function bucketOf(address: string): number {
  const digest = hash('sha256', networkOf(address), 'hex')
  return Number.parseInt(digest.slice(0, 8), 16) % bucketsMax
}

function networkOf(address: string): string {
  if (isIPv4(address)) return address
  if (!ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}
