import type { Migration } from 'kysely'
import type { Engine } from '../engine.ts'

export function idempotencyReplies({ text }: Engine): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('idempotency_replies')
        .addColumn('key_id', text, (column) => column.notNull())
        .addColumn('idempotency_key', text, (column) => column.notNull())
        .addColumn('fingerprint', text, (column) => column.notNull())
        .addColumn('reply', text, (column) => column.notNull())
        .addColumn('contract', text, (column) => column.notNull())
        .addColumn('user_id', text, (column) => column.notNull())
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('expires_at', text, (column) => column.notNull())
        .addPrimaryKeyConstraint('idempotency_replies_key', ['key_id', 'idempotency_key'])
        // A reply repeats what is known of a user: it goes when the user goes.
        .addForeignKeyConstraint(
          'idempotency_replies_user',
          ['contract', 'user_id'],
          'users',
          ['contract', 'id'],
          (user) => user.onDelete('cascade'),
        )
        .execute()
      await db.schema
        .createIndex('idempotency_replies_by_user')
        .on('idempotency_replies')
        .columns(['contract', 'user_id'])
        .execute()
      await db.schema
        .createIndex('idempotency_replies_by_expiry')
        .on('idempotency_replies')
        .column('expires_at')
        .execute()
    },
  }
}
