import { spawnSync } from 'node:child_process'
import { cores } from './cpu.ts'

/** Whether servers and load have a core each: where `taskset` is, and more than one core. */
export const canPin = cores > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** A command that runs on one core. */
export function pinned(core: 0 | 1 | 'any', command: readonly [string, ...string[]]): [string, ...string[]] {
  return canPin && core !== 'any' ? ['taskset', '-c', String(core), ...command] : [...command]
}
