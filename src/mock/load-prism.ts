import Module, { createRequire } from 'node:module'

/**
 * Loads Prism's library with one language of the faker that makes up its values. It speaks no other there, and to read the
 * forty that come with it takes half of the time.
 */
export function loadPrism(): typeof import('@stoplight/prism-http') {
  const require = createRequire(import.meta.url)
  const fromPrism = createRequire(require.resolve('@stoplight/prism-http'))
  const path = fromPrism.resolve('@faker-js/faker')
  const faker = fromPrism('@faker-js/faker/locale/en')
  require.cache[path] = Object.assign(new Module(path), { exports: { default: faker, faker }, loaded: true })
  return require('@stoplight/prism-http')
}
