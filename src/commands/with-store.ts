import type { Config } from '../config.ts'
import { openStore, type Store } from '../store/store.ts'

/** Runs a command on the configured database and closes it, whatever happens. */
export async function withStore<T>(config: Config, command: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config.databaseUrl)
  try {
    return await command(store)
  } finally {
    await store.database.destroy()
  }
}
