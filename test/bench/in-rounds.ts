/** What each round measured, by the candidate's name. */
export type Rounds<Result> = readonly Readonly<Record<string, Result>>[]

/**
 * Measures several candidates in turn, round by round, each round beginning with another one: what slows the machine
 * down for a while slows all of them down.
 */
export async function inRounds<Candidate extends { readonly name: string }, Result>(
  candidates: readonly Candidate[],
  rounds: number,
  measure: (candidate: Candidate) => Promise<Result>,
): Promise<Rounds<Result>> {
  const results: Record<string, Result>[] = []
  for (let round = 0; round < rounds; round++) {
    const first = round % candidates.length
    const result: Record<string, Result> = {}
    for (const candidate of [...candidates.slice(first), ...candidates.slice(0, first)]) {
      console.error(`round ${round + 1} of ${rounds}: ${candidate.name}`)
      result[candidate.name] = await measure(candidate)
    }
    results.push(result)
  }
  return results
}
