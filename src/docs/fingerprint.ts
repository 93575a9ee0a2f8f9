import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the site is made from, as the checkout has it: the documents, what the pages are written by, and the packages. */
const INPUTS = ['generated', 'openapi', 'src/contracts', 'src/docs', 'package-lock.json']

/** A hash that changes when the site would. It loads nothing of what builds the site. */
export function fingerprint(checkout: string): string {
  const hash = createHash('sha256')
  for (const file of INPUTS.flatMap((input) => filesAt(checkout, input))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(checkout, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesAt(checkout: string, path: string): readonly string[] {
  if (statSync(join(checkout, path)).isFile()) return [path]
  return readdirSync(join(checkout, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(checkout, '/').length))
    .sort()
}
