import { join } from 'node:path'
import { checkout } from '../checkout.ts'

/** Where the site is built, and served from. */
export const siteFolder = join(checkout, 'site')
