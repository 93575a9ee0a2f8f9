import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

// Linux counts in hundredths of a second for every program, whatever its own clock is.
const ticksPerSecond = 100

export const cores = availableParallelism()

/** The CPU time of a process with all its threads, user and system; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const [, , , utime, stime] = statOf(pid) ?? []
  return (Number(utime) + Number(stime)) / ticksPerSecond
}

/** The CPU time of a process and its children: PostgreSQL has a process for each connection. */
export function cpuSecondsOfFamily(parent: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(Number(name)) === parent)
  return [parent, ...children.map(Number)].map(cpuSecondsOf).reduce((sum, seconds) => sum + (seconds || 0), 0)
}

/** The process that started a process. */
export function parentOf(pid: number): number {
  return Number(statOf(pid)?.[1])
}

/** The memory that a process has in RAM; NaN where there is no /proc. */
export function rssMiBOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** State, parent, group, user and system time. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [fields[0], fields[1], fields[2], fields[11], fields[12]].map(String)
  } catch {
    return undefined
  }
}
