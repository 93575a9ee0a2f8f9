import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { checkout } from '../checkout.ts'
import { UsageError } from '../config.ts'
import { fingerprint } from '../docs/fingerprint.ts'
import { siteFolder } from '../docs/site-folder.ts'

/** The file that says what the site beside it was made from. */
const STAMP = '.rollcall-site'

/** Brings the static site in a folder up to date. It does nothing when nothing that goes into it has changed. */
export async function docs({ out = siteFolder }: { readonly out?: string }): Promise<void> {
  const stamp = join(out, STAMP)
  const inputs = fingerprint(checkout)
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  const told = relative(process.cwd(), out) || '.'
  if (before === inputs) return console.error(`The documentation in ${told} is current.`)
  if (before === undefined && existsSync(out) && readdirSync(out).length > 0) {
    throw new UsageError(`--out must name a new folder, or one with a site: ${told} has other files`)
  }

  const { buildSite } = await import('../docs/build-site.ts')
  const built = mkdtempSync(join(tmpdir(), 'rollcall-site-'))
  try {
    await buildSite(built)
    replace(out, built, stamp)
    writeFileSync(stamp, inputs)
  } finally {
    rmSync(built, { recursive: true })
  }
  console.error(`The documentation is in ${told}.`)
}

/** Puts a new site in the place of an old one, which may be served meanwhile. A stamp without inputs marks the work. */
function replace(out: string, built: string, stamp: string): void {
  writeFileSync(join(built, STAMP), '')
  if (existsSync(stamp)) writeFileSync(stamp, '')
  cpSync(built, out, { recursive: true })
  for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name)
    if (!existsSync(join(built, relative(out, file)))) rmSync(file, { recursive: true, force: true })
  }
}
