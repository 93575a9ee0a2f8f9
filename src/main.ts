#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import dotenv from 'dotenv'
import type { MockFlags } from './commands/mock.ts'
import type { MoveFlags } from './commands/move.ts'
import { type Config, parseHost, parsePort, readConfig, UsageError } from './config.ts'
import { packageJson } from './package-json.ts'

// Each command loads what it needs: the help needs nothing.
const program = new Command('rollcall')
  .description(packageJson.description)
  .version(packageJson.version)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    '\nEnvironment: HOST, PORT, DATABASE_URL, DATABASE_URL_FILE, LOG_LEVEL, NODE_ENV, RATE_LIMIT, TRUST_PROXY, CORS_ORIGINS, METRICS_PORT. See README.md, "Configuration".',
  )

program
  .command('serve')
  .description('serve the contracts')
  .option('--port <n>', 'port to listen on; 0 takes a free one (PORT, else 3000)', flag(parsePort, '--port'))
  .option('--host <host>', 'address to listen on (HOST)', flag(parseHost, '--host'))
  .option('--sandbox', 'an empty database in memory and fixed keys for every role; not in production')
  .action(async ({ sandbox, ...flags }: Partial<Pick<Config, 'port' | 'host'>> & { sandbox?: true }) => {
    const { serve, serveSandbox } = await import('./commands/serve.ts')
    await (sandbox ? serveSandbox : serve)({ ...config(), ...flags })
  })

program
  .command('mock')
  .description('answer from the documents: no database, any key opens')
  .option('--port <n>', 'port to listen on; 0 takes a free one (PORT, else 4010)', flag(parsePort, '--port'))
  .option('--host <host>', 'address to listen on (HOST)', flag(parseHost, '--host'))
  .option('--only <contract...>', 'these contracts only')
  .option('--delay <ms>', 'wait before each answer: 200, or 200-800', flag(parseDelay, '--delay'))
  .option('--dynamic', 'make up values by the schema instead of giving examples')
  .option('--seed <text>', 'make up the same values each time')
  .option('--watch', 'reload when a file of openapi/ changes')
  .action(async (flags: Partial<Pick<Config, 'port' | 'host'>> & MockFlags) => {
    const { mock } = await import('./commands/mock.ts')
    await mock({ ...config(), ...flags }, flags)
  })

program
  .command('docs')
  .description('build the documentation as a static site, unless it is current')
  .option('--out <folder>', 'where to (site, in the checkout)')
  .action(async (flags: { out?: string }) => (await import('./commands/docs.ts')).docs(flags))

const keys = program.command('keys').description('make, import, list and revoke the keys that open a contract')
forHolder(keys.command('create <contract>'))
  .description('make a key and show it, this once')
  .option('--json', 'print {"id","contract","key",…}')
  .action(async (contract, options) => (await import('./commands/keys.ts')).createKey(contract, options, config()))
forHolder(keys.command('import <contract>'))
  .description('take a credential that clients have already, one line on stdin')
  .option('--json', 'print {"id","contract",…}, without the credential')
  .action(async (contract, options) => (await import('./commands/keys.ts')).importKey(contract, options, config()))
keys
  .command('list')
  .description('list the keys, without the keys themselves')
  .option('--json', 'print an array')
  .action(async (options) => (await import('./commands/keys.ts')).listKeys(options, config()))
keys
  .command('revoke <id>')
  .description('end a key at once')
  .action(async (id) => (await import('./commands/keys.ts')).revokeKey(id, config()))

const users = program.command('users').description('read and delete the users that were created')
users
  .command('list')
  .description('list users in the order of contract and id')
  .option('--contract <contract>', 'those of one contract')
  .option('--limit <n>', 'at most so many', flag(parseLimit, '--limit'), 100)
  .option('--json', 'print an array')
  .action(async (options) => (await import('./commands/users.ts')).listUsers(options, config()))
users
  .command('export')
  .description('write every user as JSON Lines, without password hashes')
  .option('--contract <contract>', 'those of one contract')
  .option('--with-password-hashes', 'add "password_hash", argon2id as a PHC string: for another database of users')
  .action(async (options) => (await import('./commands/users.ts')).exportUsers(options, config()))
users
  .command('get <contract> <id>')
  .description('print one user as JSON')
  .action(async (contract, id) => (await import('./commands/users.ts')).getUser(contract, id, config()))
users
  .command('delete <contract> <id>')
  .description('delete a user for good')
  .action(async (contract, id) => (await import('./commands/users.ts')).deleteUser(contract, id, config()))

program
  .command('migrate')
  .description("bring the database's tables up to date; serve does it too")
  .action(async () => (await import('./commands/migrate.ts')).migrateDatabase(config()))

program
  .command('backup <file>')
  .description('copy a SQLite database into a new file, while it is served')
  .action(async (file) => (await import('./commands/backup.ts')).backup(file, config()))

program
  .command('move')
  .description('copy users and keys from one database into another; run again, it goes on')
  .option('--from <url>', 'the database to read (DATABASE_URL)')
  .option('--to <url>', 'the database to fill (DATABASE_URL)')
  .action(async (flags: MoveFlags) => (await import('./commands/move.ts')).move(flags, config()))

function config(): Config {
  return readConfig(process.env)
}

/** Who a key is for. */
function forHolder(command: Command): Command {
  return command
    .option('--label <text>', 'what the key is for')
    .option('--tenant <id>', 'who it belongs to, where the contract has such: a shop, an account, a reseller')
    .option('--role <role>', 'what it may do, where the contract has roles; leave it out to be told which')
    .option('--expires <date>', 'when it ends: 2027-01-31, or a date and time')
}

/** A parser of ours as commander wants it. */
function flag<T>(parse: (name: string, value: string) => T, name: string): (value: string) => T {
  return (value) => {
    try {
      return parse(name, value)
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message)
    }
  }
}

function parseDelay(name: string, value: string): [minMs: number, maxMs: number] {
  const [, min, max = min] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(value) ?? []
  if (Number(min) <= Number(max)) return [Number(min), Number(max)]
  throw new UsageError(`${name} must be milliseconds, 200 or 200-800, not "${value}"`)
}

function parseLimit(name: string, value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new UsageError(`${name} must be a whole number from 1, not "${value}"`)
}

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

dotenv.config({ quiet: true })
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

/** 0 for help and version, 2 for wrong usage, 1 for what failed; what commander has not told yet is told. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  console.error(`rollcall: ${wordsOf(error as Error)}`)
  return error instanceof UsageError ? 2 : 1
}

function wordsOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${wordsOf(cause)}` : message
}
