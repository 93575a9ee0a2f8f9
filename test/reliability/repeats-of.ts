import pLimit from 'p-limit'
import type { Load } from './load.ts'

/** Sends again all that was answered with a 2xx and has an Idempotency-Key: how many got that reply, byte for byte. */
export async function repeatsOf({ attempts, ask }: Load): Promise<{ asked: number; same: number }> {
  const answered = attempts.filter(({ idempotencyKey, answer }) => idempotencyKey && answer && answer.status < 300)
  const repeats = await pLimit(64).map(answered, async (attempt) => ({
    first: attempt.answer,
    again: await ask(attempt),
  }))
  const same = repeats.filter(({ first, again }) => first?.status === again?.status && first?.text === again?.text)
  return { asked: answered.length, same: same.length }
}
