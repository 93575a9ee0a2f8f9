import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** The process's log on stderr: lines to read on a terminal, JSON elsewhere. */
export function createLog(level: string): Log {
  // Written at once: what happened just before a crash is what one wants to read.
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true })
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}
