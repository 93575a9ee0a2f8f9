import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The folder of the checkout. */
export const checkout = dirname(createRequire(import.meta.url).resolve('#package.json'))

/** Where the site is built, and served from. */
export const siteFolder = join(checkout, 'site')
