import { setTimeout as sleep } from 'node:timers/promises'
import { bimplus } from '../../src/contracts/bimplus/contract.ts'
import { bizcare } from '../../src/contracts/bizcare/contract.ts'
import type { Contract } from '../../src/contracts/contract.ts'
import { garmat } from '../../src/contracts/garmat/contract.ts'
import { pathOf, sampleBody, send } from '../support/send.ts'

// A client that was refused or cut off comes again after so long.
const pauseMs = 20

/** What a client wants stored, and what became of it. */
export interface Attempt {
  readonly contract: Contract
  readonly email: string
  readonly body: string
  readonly idempotencyKey: string | undefined
  /** How often the connection broke before a whole reply, and how often it was a 503. */
  cut: number
  unavailable: number
  /** The whole reply, other than a 503. */
  answer: { readonly status: number; readonly text: string } | undefined
}

interface Options {
  /** Where the service is now. */
  readonly origin: () => string
  readonly keyFor: (contract: Contract) => Promise<string>
  readonly clients?: number
  /** Sees each reply, and how long it took. */
  readonly onReply?: (status: number, headers: Headers, tookMs: number) => void
  /** A client whose connection broke comes again, unless it is to leave then. */
  readonly leavesWhenCut?: boolean
  /** Tells its users from those of other loads on the database. */
  readonly name?: string
}

export interface Load {
  readonly attempts: readonly Attempt[]
  /** How many users were answered with a 2xx. */
  readonly acknowledged: () => number
  /** Sends an attempt once and returns the status; undefined where there was no whole reply. */
  readonly ask: (attempt: Attempt) => Promise<{ status: number; text: string } | undefined>
  /** Lets clients finish what they are at. */
  readonly stop: () => Promise<void>
  /** Ends when every client has left. */
  readonly ended: Promise<unknown>
}

/** One in forty has a password, which is slow; every second of the others has an Idempotency-Key. */
const KINDS = Array.from({ length: 40 }, (_, index) => ({
  contract: index === 0 ? bimplus : index % 4 < 2 ? garmat : bizcare,
  isIdempotent: index % 2 === 0,
}))

/** Clients that create users, each one after another, and come again until they are told of each. */
export async function startLoad({
  origin,
  keyFor,
  clients = 64,
  onReply,
  leavesWhenCut = false,
  name = 'user',
}: Options): Promise<Load> {
  const vendors = new Map(
    await Promise.all(
      [garmat, bizcare, bimplus].map(async (contract) => {
        const wanted = {
          path: pathOf(contract),
          body: JSON.stringify(sampleBody(contract)),
          key: await keyFor(contract),
        }
        return [contract, wanted] as const
      }),
    ),
  )
  const attempts: Attempt[] = []
  let acknowledged = 0
  let stopping = false

  async function ask({ contract, body, idempotencyKey }: Attempt) {
    const { path, key } = vendors.get(contract) ?? {}
    if (!path || !key) throw new Error(`there is no key of ${contract.name}`)
    const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }
    const startedAt = performance.now()
    const answer = await send(origin(), contract, { key, path, body, headers }).catch(() => undefined)
    if (answer) onReply?.(answer.status, answer.headers, performance.now() - startedAt)
    return answer && { status: answer.status, text: answer.text }
  }

  function next(): Attempt {
    const number = attempts.length
    const { contract, isIdempotent } = KINDS[number % KINDS.length] as (typeof KINDS)[number]
    const email = `${name}-${number}@example.com`
    const attempt: Attempt = {
      contract,
      email,
      body: (vendors.get(contract)?.body ?? '').replaceAll(/[\w.+-]+@[\w.-]+/g, email),
      idempotencyKey: isIdempotent ? `${name}-${number}` : undefined,
      cut: 0,
      unavailable: 0,
      answer: undefined,
    }
    attempts.push(attempt)
    return attempt
  }

  async function client(): Promise<void> {
    while (!stopping) {
      const attempt = next()
      while (!stopping && !attempt.answer) {
        const answer = await ask(attempt)
        if (answer && answer.status !== 503) {
          attempt.answer = answer
          if (answer.status < 300) acknowledged += 1
          continue
        }
        if (answer) attempt.unavailable += 1
        else attempt.cut += 1
        if (leavesWhenCut && !answer) return
        await sleep(pauseMs)
      }
    }
  }

  const ended = Promise.all(Array.from({ length: clients }, client))
  return {
    attempts,
    acknowledged: () => acknowledged,
    ask,
    async stop() {
      stopping = true
      await ended
    },
    ended,
  }
}
