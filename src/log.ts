import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** The process's log, on stderr unless it is told otherwise: lines to read on a terminal, JSON elsewhere. */
export function createLog(level: string, stream: DestinationStream = stderr()): Log {
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describe } }, stream)
}

function stderr(): DestinationStream {
  // Written at once: what happened just before a crash is what one wants to read.
  return process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, singleLine: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true })
}

/** A fault with its causes, but without the fields that a library hangs on its errors: they may hold what a client sent. */
function describe(error: Error) {
  const { type, message, stack } = pino.stdSerializers.err(error)
  return { type, message, stack }
}
