import { type Database, migrate, openDatabase } from './database.ts'
import { type KeyStore, keyStore } from './key-store.ts'
import { type UserStore, userStore } from './user-store.ts'

export interface Store {
  readonly database: Database
  readonly keys: KeyStore
  readonly users: UserStore
}

/** Opens a database by its URL and brings its tables up to date. Whoever opens it ends it: `database.destroy()`. */
export async function openStore(url: string): Promise<Store> {
  const database = openDatabase(url)
  try {
    await migrate(database)
  } catch (error) {
    await database.destroy()
    throw error
  }
  return { database, keys: keyStore(database), users: userStore(database) }
}
