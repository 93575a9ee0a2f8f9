import type { Reply } from '../contracts/contract.ts'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'

/** A request that may be sent again: whose it is, what its client calls it, and a keyed hash of what it asks. */
export interface Attempt {
  readonly keyId: string
  readonly idempotencyKey: string
  readonly fingerprint: string
}

/** What is kept of an attempt that created a user. The user store writes it, with the user. */
export interface KeptReply {
  readonly fingerprint: string
  readonly reply: Reply
}

export interface ReplyStore {
  /** What was replied to the first of an attempt's requests; undefined when that is too long ago, or there was none. */
  find(attempt: Attempt, now: Date): Promise<KeptReply | undefined>
  /** Removes what nobody may have any more. */
  removeExpired(now: Date): Promise<void>
}

// So that a long pause does not end in one transaction that holds up every other.
const removedAtOnceMax = 1_000

export function replyStore(database: Database, { again }: Reach): ReplyStore {
  return {
    async find({ keyId, idempotencyKey }, now) {
      const row = await again(() =>
        database
          .selectFrom('idempotency_replies')
          .select(['fingerprint', 'reply'])
          .where('key_id', '=', keyId)
          .where('idempotency_key', '=', idempotencyKey)
          .where('expires_at', '>', now.toISOString())
          .executeTakeFirst(),
      )
      return row && { fingerprint: row.fingerprint, reply: JSON.parse(row.reply) }
    },

    async removeExpired(now) {
      const some = database
        .selectFrom('idempotency_replies')
        .select(['key_id', 'idempotency_key'])
        .where('expires_at', '<=', now.toISOString())
        .limit(removedAtOnceMax)
      let removed: bigint
      do {
        const { numDeletedRows } = await again(() =>
          database
            .deleteFrom('idempotency_replies')
            .where(({ eb, refTuple }) =>
              eb(refTuple('key_id', 'idempotency_key'), 'in', some.$asTuple('key_id', 'idempotency_key')),
            )
            .executeTakeFirstOrThrow(),
        )
        removed = numDeletedRows
      } while (removed === BigInt(removedAtOnceMax))
    },
  }
}
