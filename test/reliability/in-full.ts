/** Whether this is `npm run reliability`. In `npm test` the same proofs run with small numbers, so that they keep working. */
export const isFull = process.env.RELIABILITY === 'full'

/** How much of something a proof has: in full, or in `npm test`. */
export function inFull(full: number, small: number): number {
  return isFull ? full : small
}
