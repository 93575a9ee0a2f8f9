import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

// Linux counts in hundredths of a second for every program, whatever its own clock is.
const ticksPerSecond = 100

export const cores = availableParallelism()

/**
 * The CPU time, user and system, of a process with its threads and children: PostgreSQL has a process for each
 * connection. NaN where there is no /proc.
 */
export function cpuSecondsOfFamily(parent: number): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(Number(name)) === parent)
  return [parent, ...children.map(Number)].reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0)
}

/** The process that started a process. */
export function parentOf(pid: number): number {
  return statOf(pid)?.parent ?? Number.NaN
}

/** The memory that a process has in RAM; NaN where there is no /proc. */
export function rssMiBOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Undefined for a process that has ended. */
function statOf(pid: number): { parent: number; cpuSeconds: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [parent, userTicks, systemTicks] = [fields[1], fields[11], fields[12]].map(Number)
    return { parent: Number(parent), cpuSeconds: (Number(userTicks) + Number(systemTicks)) / ticksPerSecond }
  } catch {
    return undefined
  }
}
