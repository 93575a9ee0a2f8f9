import { type Migration, sql } from 'kysely'
import type { Engine } from '../engine.ts'

export function rateLimits({ text, keepsCounts }: Engine): Migration {
  return {
    async up(db) {
      if (!keepsCounts) return
      // A crash may forget counts. In return they cost no write-ahead log.
      await sql`create unlogged table rate_limits (key ${text} primary key, points integer not null, expire bigint)`.execute(
        db,
      )
    },
  }
}
