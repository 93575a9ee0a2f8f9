import type { BenchEngine } from './databases.ts'

/** Opens a database engine, measures, and leaves nothing of it. */
export async function withEngine<T>(
  open: () => Promise<BenchEngine>,
  measure: (engine: BenchEngine) => Promise<T>,
): Promise<T> {
  const engine = await open()
  try {
    return await measure(engine)
  } finally {
    await engine.remove()
  }
}
