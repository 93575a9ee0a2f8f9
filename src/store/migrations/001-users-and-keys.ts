import type { Migration } from 'kysely'
import type { Engine } from '../engine.ts'

export function usersAndKeys({ text }: Engine): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('users')
        .addColumn('contract', text, (column) => column.notNull())
        .addColumn('id', text, (column) => column.notNull())
        .addColumn('tenant', text)
        .addColumn('unique_key', text, (column) => column.notNull())
        .addColumn('profile', text, (column) => column.notNull())
        .addColumn('password_hash', text)
        .addColumn('created_by', text, (column) => column.notNull())
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('updated_at', text, (column) => column.notNull())
        .addPrimaryKeyConstraint('users_id', ['contract', 'id'])
        .addUniqueConstraint('users_unique_key', ['contract', 'unique_key'])
        .execute()

      await db.schema
        .createTable('api_keys')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('contract', text, (column) => column.notNull())
        .addColumn('label', text, (column) => column.notNull())
        .addColumn('key_hash', text, (column) => column.notNull())
        .addColumn('tenant', text)
        .addColumn('role', text)
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('expires_at', text)
        .addColumn('revoked_at', text)
        .addUniqueConstraint('api_keys_key_hash', ['key_hash'])
        .execute()
    },
  }
}
