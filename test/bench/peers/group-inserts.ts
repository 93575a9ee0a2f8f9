import { INSERT, type Sqlite } from './sqlite.ts'

type Row = readonly (string | null)[]
type Done = (error: Error | null, isInserted: boolean) => void

/** Inserts what comes in one turn of the event loop in one transaction, and calls back after its COMMIT. */
export function groupInserts(database: Sqlite): (row: Row, done: Done) => void {
  const begin = database.prepare('begin immediate')
  const insert = database.prepare(INSERT)
  const commit = database.prepare('commit')
  let waiting: { row: Row; done: Done }[] = []

  function commitAll() {
    const group = waiting
    waiting = []
    let outcomes: boolean[]
    try {
      begin.run()
      outcomes = group.map(({ row }) => Number(insert.run(...row).changes) === 1)
      commit.run()
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      for (const { done } of group) done(error as Error, false)
      return
    }
    for (const [index, { done }] of group.entries()) done(null, outcomes[index] === true)
  }
  return (row, done) => {
    if (waiting.push({ row, done }) === 1) setImmediate(commitAll)
  }
}
