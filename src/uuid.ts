import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const bytes = 16

// To ask for random bytes costs ten times as much as the rest: they are drawn for many ids at once.
const drawn = Buffer.alloc(256 * bytes)
let used = drawn.length

let lastMs = 0
let sequence = 0

/** A UUID v7. Those of a process come in order, also when its clock is set back. */
export function uuid(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const random = drawn.subarray(used, used + bytes)
  used += bytes
  const now = Date.now()
  // Half of its range is left to count on in.
  sequence = now > lastMs ? random.readUInt32BE() >>> 1 : sequence + 1
  lastMs = Math.max(lastMs, now)
  return v7({ random, msecs: lastMs, seq: sequence })
}
