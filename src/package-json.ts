import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './checkout.ts'

/** What `package.json` says of the program. */
export const packageJson: { readonly name: string; readonly version: string; readonly description: string } =
  JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
