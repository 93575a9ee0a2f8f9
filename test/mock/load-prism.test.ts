import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const require = createRequire(createRequire(import.meta.url).resolve('@stoplight/prism-http'))

type Faker = Readonly<Record<string, Readonly<Record<string, unknown>>>> & { readonly seed: (seed: number) => void }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  // Some functions say that they will be renamed.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What each function of a faker makes up when it is seeded anew, or how it fails. */
function valuesOf(faker: Faker): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const [section, functions] of Object.entries(faker)) {
    for (const [name, make] of Object.entries(functions ?? {})) {
      // Which languages there are is what differs.
      if (typeof make !== 'function' || name === 'locale') continue
      faker.seed(7)
      try {
        values.set(`${section}.${name}`, make())
      } catch (error) {
        values.set(`${section}.${name}`, String(error))
      }
    }
  }
  return values
}

it('makes up with one language what Prism makes up with all of them', () => {
  const all = valuesOf(require('@faker-js/faker').default)
  expect(all.size).toBeGreaterThan(100)
  expect(valuesOf(require('@faker-js/faker/locale/en'))).toEqual(all)
})
