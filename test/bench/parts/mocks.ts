import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { checkout } from '../../../src/checkout.ts'
import { rollcall } from '../databases.ts'
import { inRounds, type Rounds } from '../in-rounds.ts'
import { create } from '../peers.ts'
import { garmatBody } from '../requests.ts'
import { type LoadResult, runLoad } from '../run-load.ts'
import type { Settings } from '../settings.ts'
import { post, type Server, startServer } from '../start-server.ts'
import { number, ratio, table } from '../table.ts'

const document = join(checkout, 'generated/garmat/openapi.json')
const prism = join(checkout, 'node_modules/@stoplight/prism-cli/dist/index.js')

const CANDIDATES = [
  { name: 'rollcall mock', args: [rollcall, 'mock'], description: 'all five contracts' },
  { name: 'prism mock', args: [prism, 'mock', '--port', '{port}', document], description: 'Garmat alone' },
] as const

interface Answer {
  readonly asked: string
  readonly status: number
  readonly body: unknown
}

interface Round extends LoadResult {
  readonly startMs: number
  readonly rssMiB: number
  readonly answers: readonly Answer[]
}

export interface Mocks {
  readonly rounds: Rounds<Omit<Round, 'answers'>>
  readonly answers: { readonly asked: number; readonly different: readonly string[] }
}

/** The mock and Prism's own command line: one static example again and again, and every example once. */
export async function mocks(settings: Settings): Promise<Mocks> {
  const rounds = await inRounds(CANDIDATES, settings.rounds, async ({ name, args }): Promise<Round> => {
    const log = join(settings.folder, `${name}.log`)
    const server = await startServer({ args: [...args], core: 0, log }, create('any', garmatBody('ada@example.com')))
    try {
      const answers = await answersOf(server)
      const result = await runLoad({ servers: [server], kind: 'createAtMock', key: 'any' }, settings)
      return { ...result, startMs: server.startMs, rssMiB: Math.round(server.rssMiB()), answers }
    } finally {
      await server.stop()
    }
  })
  const [ours, theirs] = CANDIDATES.map(({ name }) => rounds[0]?.[name]?.answers ?? [])
  const different = ours?.filter((answer, index) => !isDeepStrictEqual(answer, theirs?.[index])) ?? []
  return {
    rounds: rounds.map((round) =>
      Object.fromEntries(Object.entries(round).map(([name, { answers: _, ...rest }]) => [name, rest])),
    ),
    answers: { asked: ours?.length ?? 0, different: different.map(({ asked }) => asked) },
  }
}

/** The answer to a plain request, and to one for each example of the document. */
async function answersOf({ port }: Server): Promise<readonly Answer[]> {
  const { responses } = JSON.parse(readFileSync(document, 'utf8')).paths['/api/users'].post
  const wishes = Object.entries<{ content: { 'application/json': { examples?: object } } }>(responses).flatMap(
    ([status, { content }]) =>
      Object.keys(content['application/json'].examples ?? {}).map((name) => `code=${status}, example=${name}`),
  )
  const plain = create('any', garmatBody('ada@example.com'))
  const answers: Answer[] = []
  for (const asked of ['', ...wishes]) {
    const headers = { ...plain.headers, ...(asked ? { Prefer: asked } : {}) }
    const { status, body } = await post(port, { ...plain, headers })
    answers.push({ asked, status, body: JSON.parse(body) })
  }
  return answers
}

export function mocksTable({ rounds, answers }: Mocks): string {
  const column = <V>(name: string, value: (round: Omit<Round, 'answers'>) => V) =>
    rounds.map((round) => value(round[name] as Omit<Round, 'answers'>))
  const rates = (name: string) => column(name, ({ requestsPerSecond }) => requestsPerSecond)
  const { name: prismName } = CANDIDATES[1]
  const rows = CANDIDATES.map(({ name, description }) => [
    `\`${name}\`, ${description}`,
    number(rates(name)),
    ratio(rates(name).map((rate, round) => rate / (rates(prismName)[round] ?? Number.NaN))),
    number(
      column(name, ({ p99Ms }) => p99Ms),
      1,
    ),
    number(column(name, ({ cpuMicros }) => cpuMicros)),
    number(column(name, ({ rssMiB }) => rssMiB)),
    number(column(name, ({ startMs }) => startMs)),
  ])
  const { asked, different } = answers
  const told = different.length === 0 ? '' : `; they differ for ${different.map((wish) => `\`${wish}\``).join('; ')}`
  return `${table(['mock', 'requests/s', 'of Prism', 'p99 ms', 'CPU µs', 'RSS MiB', 'start ms'], rows)}

Equal answers, status and body: ${asked - different.length} of ${asked}${told}.`
}
