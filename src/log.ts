import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** The process's log, on stderr unless it is told otherwise: lines to read on a terminal, JSON elsewhere. */
export function createLog(level: string, stream: DestinationStream = stderr()): Log {
  return pino({ level, timestamp: isoTime, serializers: { err: describe } }, stream)
}

let timeMs = 0
let time = ''

/** pino's `isoTime`, made once for the lines of a millisecond. */
function isoTime(): string {
  const now = Date.now()
  if (now !== timeMs) {
    timeMs = now
    time = pino.stdTimeFunctions.isoTime()
  }
  return time
}

function stderr(): DestinationStream {
  return process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, singleLine: true, ignore: 'pid,hostname' })
    : inTurns(pino.destination({ dest: 2, sync: true }))
}

/**
 * Writes what is logged within one turn of the event loop at once, at its end: a write for each line takes longer than to make it.
 * Before the process exits, by an uncaught exception too, it writes the rest: what happened just before is what one wants to read.
 */
function inTurns(stream: DestinationStream): DestinationStream {
  let lines = ''
  function flush(): void {
    const made = lines
    lines = ''
    if (made !== '') stream.write(made)
  }
  process.once('exit', flush)
  return {
    write(line) {
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}

/** A fault with its causes, but without the fields that a library hangs on its errors: they may hold what a client sent. */
function describe(error: Error) {
  const { type, message, stack } = pino.stdSerializers.err(error)
  return { type, message, stack }
}
