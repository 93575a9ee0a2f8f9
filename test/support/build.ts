import { execSync } from 'node:child_process'

/** Builds the command line and the documentation once for all suites. */
export function setup(): void {
  execSync('npm run --silent docs', { stdio: 'inherit' })
}
