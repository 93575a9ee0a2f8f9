import { execSync } from 'node:child_process'

/** Builds the command line once for all suites. */
export function setup(): void {
  execSync('npm run --silent build', { stdio: 'inherit' })
}
