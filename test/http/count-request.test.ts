import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bucketOf } from '../../src/http/bucket-of.ts'
import { countInBlocks } from '../../src/http/count-in-blocks.ts'
import { countInMemory } from '../../src/http/count-in-memory.ts'
import { type Count, countRequest } from '../../src/http/count-request.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { DATABASES, type TestDatabase } from '../support/databases.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

it('keeps a bounded number of counters for addresses', () => {
  const buckets = new Set(
    Array.from({ length: 200_000 }, (_, index) => bucketOf(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)),
  )
  expect(buckets.size).toBeLessThanOrEqual(16_384)
  expect(Math.max(...buckets)).toBeLessThan(16_384)
})

describe.each(DATABASES)('several windows on $name', ({ create }) => {
  let database: TestDatabase
  let store: Store
  let count: Count
  beforeAll(async () => {
    database = await create()
    store = await openStore(database.url)
  })
  afterAll(async () => {
    await store.database.destroy()
    await database.remove()
  })
  beforeEach(() => {
    count = store.reserve ? countInBlocks(store.reserve) : countInMemory()
  })

  const minute = { requests: 2, seconds: 60 }
  const hour = { requests: 5, seconds: 3600 }

  it('hold at once: the first is told, or the one used up that ends last', async () => {
    const request = async () => {
      const { limit, isOver } = await countRequest(count, 'several', [minute, hour], new Date())
      return [isOver, limit?.windowSeconds, limit?.remaining, limit?.retryAfterSeconds]
    }
    expect(await request()).toEqual([false, 60, 1, 60])
    expect(await request()).toEqual([false, 60, 0, 60])
    expect(await request()).toEqual([true, 60, 0, 60])
    pass(60)
    expect(await request()).toEqual([false, 60, 1, 60])
    // The fifth of the hour: what was refused counts like any other.
    expect(await request()).toEqual([false, 3600, 0, 3540])
    pass(60)
    expect(await request()).toEqual([true, 3600, 0, 3480])
    pass(3480)
    expect(await request()).toEqual([false, 60, 1, 60])
  })

  it('are no longer than they are when the clock is set back', async () => {
    await count('set back', minute)
    pass(-7200)
    expect(await count('set back', minute)).toEqual({ requests: 2, msLeft: 60_000 })
  })
})
