import { afterEach, expect, it, vi } from 'vitest'
import { uuid } from '../../src/uuid.ts'

afterEach(() => vi.useRealTimers())

it('makes ids of version 7 that are all different and in order, also when the clock stands still or is set back', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const ids: string[] = []
  for (const ms of [0, 1, -3_600_000, 3_600_000]) {
    vi.setSystemTime(Date.now() + ms)
    // More than the random bytes that are drawn at once are enough for.
    for (let n = 0; n < 1_000; n++) ids.push(uuid())
  }
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ids).toEqual([...new Set(ids)].sort())
})
