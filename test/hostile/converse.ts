import { connect } from 'node:net'
import type { Attack } from './raw-request.ts'

/** One answer, as it came. */
export interface RawAnswer {
  readonly status: number
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const silenceMs = 1_500
const patienceMs = 12_000

/** Carries out an attack on one connection; undefined when that was still open when patience ended. */
export function converse(port: number, { pieces, leaves }: Attack): Promise<readonly RawAnswer[] | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const received: Buffer[] = []
    const patience = setTimeout(() => {
      resolve(undefined)
      socket.destroy()
    }, patienceMs)
    // Who is not answered sends no more, and the server has to say something or to close.
    const silence = setTimeout(() => socket.end(), silenceMs)
    socket.on('data', (bytes) => received.push(bytes))
    // A server may close while the client still sends.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(silence)
      clearTimeout(patience)
      resolve(answersIn(Buffer.concat(received).toString('utf8')))
    })
    socket.on('connect', async () => {
      for (const piece of pieces) {
        socket.write(piece)
        if (pieces.length > 1) await new Promise(setImmediate)
      }
      if (leaves === 'early') socket.end()
    })
  })
}

/** The answers on a connection. A body has the length that its header says, or is left out, as for HEAD. */
function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = []
  let bytes = Buffer.from(text)
  while (bytes.length > 0) {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) break
    const [statusLine = '', ...lines] = bytes.subarray(0, end).toString().split('\r\n')
    const headers = new Map(
      lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: ?/, '')]),
    )
    const rest = bytes.subarray(end + 4)
    const isBare = rest.length === 0 || rest.subarray(0, 5).toString() === 'HTTP/'
    const length = isBare ? 0 : Number(headers.get('content-length') ?? 0)
    // Cut off by the client itself.
    if (rest.length < length) break
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, body: rest.subarray(0, length).toString() })
    bytes = rest.subarray(length)
  }
  // What only says to go on is none.
  return answers.filter(({ status }) => status !== 100)
}
