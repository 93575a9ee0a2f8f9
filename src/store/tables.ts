/** Columns hold what the database must enforce or protect; `profile` is JSON that it only keeps. Times are ISO 8601, UTC. */
export interface UsersTable {
  contract: string
  id: string
  tenant: string | null
  unique_key: string
  profile: string
  /** PHC string of argon2id. */
  password_hash: string | null
  /** The id of the key whose request made the user. */
  created_by: string
  created_at: string
  updated_at: string
}

export interface ApiKeysTable {
  id: string
  contract: string
  label: string
  /** SHA-256 of the key, in hex. The key itself is shown once and kept nowhere. */
  key_hash: string
  tenant: string | null
  role: string | null
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

/** Replies that created a user, to be given again to a request that is repeated. They are erased with their user. */
export interface IdempotencyRepliesTable {
  key_id: string
  idempotency_key: string
  /** What was asked, as a hash that nobody can make without the API key, which is kept nowhere. */
  fingerprint: string
  /** JSON of status, headers and body. */
  reply: string
  contract: string
  user_id: string
  created_at: string
  expires_at: string
}

export interface Tables {
  users: UsersTable
  api_keys: ApiKeysTable
  idempotency_replies: IdempotencyRepliesTable
}
