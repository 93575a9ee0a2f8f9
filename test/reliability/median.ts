/** The middle one of some numbers, or the lower of two in the middle. */
export function median(numbers: readonly number[]): number {
  const middle = numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]
  if (middle === undefined) throw new Error('nothing has no median')
  return middle
}
