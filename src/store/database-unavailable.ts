/** The database cannot serve now: it is stopped, restarting, unreachable or full. The cause says which. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    // A host with several addresses fails with one error for each, in one that says nothing itself.
    super('the database is unavailable', { cause: cause instanceof AggregateError ? cause.errors[0] : cause })
  }
}
