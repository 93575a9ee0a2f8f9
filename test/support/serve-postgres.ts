import { startPostgres } from './postgres.ts'

/** Starts one PostgreSQL for all suites, unless TEST_DATABASE_URL names one. Returns how to end it. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) return undefined
  const server = await startPostgres()
  // Suites run in processes of their own, which inherit it.
  process.env.TEST_DATABASE_URL = server.url
  return server.remove
}
