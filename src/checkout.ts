import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** The folder of the checkout, whether sources or the build run: files that are read at run time stand in it. */
export const checkout = dirname(createRequire(import.meta.url).resolve('#package.json'))
