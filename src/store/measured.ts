import type { Metrics } from '../metrics.ts'
import { DatabaseUnavailable } from './database-unavailable.ts'
import type { Store } from './store.ts'

/** A store that measures how long it takes for what requests ask of it, and what comes of it. */
export function measured(store: Store, { countStoreOperation }: Metrics): Store {
  const { keys, users, replies } = store

  function measure<Args extends readonly unknown[], Result>(
    operation: string,
    work: (...args: Args) => Promise<Result>,
    outcomeOf: (result: Result) => string,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const started = performance.now()
      const count = (outcome: string) => countStoreOperation(operation, outcome, (performance.now() - started) / 1000)
      try {
        const result = await work(...args)
        count(outcomeOf(result))
        return result
      } catch (error) {
        count(error instanceof DatabaseUnavailable ? 'unavailable' : 'failed')
        throw error
      }
    }
  }

  return {
    ...store,
    keys: { ...keys, find: measure('findKey', keys.find, (caller) => (caller ? 'found' : 'unknown')) },
    users: {
      ...users,
      insert: measure('insertUser', users.insert, (outcome) => outcome),
      isTaken: measure('isTaken', users.isTaken, (isTaken) => (isTaken ? 'taken' : 'free')),
    },
    replies: { ...replies, find: measure('findReply', replies.find, (kept) => (kept ? 'found' : 'unknown')) },
  }
}
