import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { pino } from 'pino'

/** Wrong usage: a flag, an argument or an environment variable that cannot be meant. The process exits with 2. */
export class UsageError extends Error {}

export interface Config {
  readonly host: string
  /** Undefined where each command has a port of its own. */
  readonly port: number | undefined
  /** `sqlite:<path>`, `sqlite::memory:` or `postgres://…`. */
  readonly databaseUrl: string
  readonly logLevel: string
  readonly production: boolean
  /** The documents' limits, or so many requests a minute for each key, and so many failures for each address, in their place, or `off` for no limits at all. */
  readonly rateLimit: number | 'off' | 'documented'
  /** How many proxies in front are believed about the client's address; 0 for none. */
  readonly proxies: number
  /** The origins whose scripts may call the service from a browser; `*` is every origin. */
  readonly corsOrigins: readonly string[]
  /** Undefined for no metrics. */
  readonly metricsPort: number | undefined
}

const LOG_LEVELS = [...Object.values(pino.levels.labels), 'silent']

/** Reads the environment. An empty variable is one that is not set; a bad one is named in the UsageError. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    host: parseHost('HOST', env.HOST || '127.0.0.1'),
    port: env.PORT ? parsePort('PORT', env.PORT) : undefined,
    databaseUrl: parseDatabaseUrl(
      'DATABASE_URL',
      readSecret('DATABASE_URL', env.DATABASE_URL, env.DATABASE_URL_FILE) ?? 'sqlite:./data/rollcall.db',
    ),
    logLevel: parseLogLevel('LOG_LEVEL', env.LOG_LEVEL || 'info'),
    production: env.NODE_ENV === 'production',
    rateLimit: parseRateLimit('RATE_LIMIT', env.RATE_LIMIT || 'documented'),
    proxies: parseProxies('TRUST_PROXY', env.TRUST_PROXY || 'false'),
    corsOrigins: env.CORS_ORIGINS ? parseOrigins('CORS_ORIGINS', env.CORS_ORIGINS) : [],
    metricsPort: env.METRICS_PORT ? parsePort('METRICS_PORT', env.METRICS_PORT) : undefined,
  }
}

/** A secret, or what stands in the file that `<name>_FILE` names: an environment is easily shown to others. */
function readSecret(name: string, value: string | undefined, file: string | undefined): string | undefined {
  if (!file) return value || undefined
  if (value) throw new UsageError(`${name} and ${name}_FILE are both set: use one of them`)
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new UsageError(`${name}_FILE must name a file that can be read`, { cause: error })
  }
}

/** An IP address or a host name. */
export function parseHost(name: string, value: string): string {
  // What has digits and dots only is meant as an address.
  if (isIP(value) || (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) && !/^[\d.]+$/.test(value))) return value
  throw new UsageError(`${name} must be an IP address or a host name, not "${value}"`)
}

/** A TCP port; 0 lets the system pick a free one. */
export function parsePort(name: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw new UsageError(`${name} must be a port from 0 to 65535, not "${value}"`)
}

/** The URL of a database, as in DATABASE_URL. */
export function parseDatabaseUrl(name: string, value: string): string {
  if (/^sqlite:(?!\/\/)./.test(value)) return value
  // What follows a # would be lost: it is a password's, written as it stands.
  if (/^postgres(ql)?:\/\/[^#]*$/.test(value) && URL.canParse(value)) return value
  // The value is not repeated: a database URL may hold a password.
  throw new UsageError(
    `${name} must be sqlite:<path>, sqlite::memory: or postgres://user:password@host:port/database (signs in the password percent-encoded)`,
  )
}

function parseLogLevel(name: string, value: string): string {
  if (LOG_LEVELS.includes(value)) return value
  throw new UsageError(`${name} must be one of ${LOG_LEVELS.join(', ')}, not "${value}"`)
}

function parseRateLimit(name: string, value: string): Config['rateLimit'] {
  if (value === 'off' || value === 'documented') return value
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new UsageError(`${name} must be documented, off, or a number of requests a minute from 1, not "${value}"`)
}

function parseProxies(name: string, value: string): number {
  if (value === 'false') return 0
  if (value === 'true') return 1
  if (/^\d{1,2}$/.test(value)) return Number(value)
  throw new UsageError(`${name} must be true, false or the number of proxies in front, not "${value}"`)
}

function parseOrigins(name: string, value: string): readonly string[] {
  const origins = value.split(',').map((origin) => origin.trim())
  // As browsers write it, since it is compared with what they send: no path, no default port, small letters.
  const isOrigin = (text: string) => /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
  if (value === '*' || origins.every(isOrigin)) return origins
  const bad = origins.find((origin) => !isOrigin(origin))
  throw new UsageError(
    `${name} must be * or origins, such as https://app.example.com,http://localhost:5173, not "${bad}"`,
  )
}
