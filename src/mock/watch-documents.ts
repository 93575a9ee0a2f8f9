import { once } from 'node:events'
import { join, relative } from 'node:path'
import { bundle, getLineColLocation, lint, loadConfig, type NormalizedProblem } from '@redocly/openapi-core'
import { watch } from 'chokidar'
import { checkout } from '../checkout.ts'
import type { ContractDocument } from '../contracts/document.ts'
import type { Served } from '../http/create-route.ts'
import type { Log } from '../log.ts'

// An editor writes a file in several steps.
const settleMs = 100

const openapi = join(checkout, 'openapi')

/**
 * Bundles the documents again, in memory, when any file of `openapi/` changes, and hands them over. Documents with an
 * error are told on stderr, with file and line, and those before stay. Returns what ends the watch.
 */
export async function watchDocuments(
  served: readonly Served[],
  log: Log,
  reload: (served: readonly Served[]) => Promise<void>,
): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined
  let reloading = Promise.resolve()
  const watcher = watch(openapi, { ignoreInitial: true }).on('all', () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      reloading = reloading.then(reloadAll)
    }, settleMs)
  })

  async function reloadAll(): Promise<void> {
    try {
      const documents = await Promise.all(served.map(({ contract }) => read(contract.name)))
      for (const { contract } of served) await contract.reload?.()
      await reload(served.map(({ contract }, index) => ({ contract, document: documents[index] as ContractDocument })))
      log.info('documents reloaded')
    } catch (error) {
      console.error(`The last good documents stay:\n${String(error).replace(/^Error: /, '')}`)
    }
  }

  await once(watcher, 'ready')
  return () => {
    clearTimeout(timer)
    void watcher.close()
  }
}

async function read(name: string): Promise<ContractDocument> {
  const config = await loadConfig({ configPath: join(openapi, 'redocly.yaml') })
  const ref = join(openapi, name, 'openapi.yaml')
  const errors = (await lint({ ref, config })).filter(({ severity }) => severity === 'error')
  const told = errors.map(({ message, location: [place] }) => `${lineOf(place)} ${message}`)
  if (told.length > 0) throw new Error([...new Set(told)].join('\n'))
  const { bundle: document } = await bundle({ ref, config })
  return document.parsed as ContractDocument
}

/** Where a problem stands: `openapi/garmat/openapi.yaml:12:3`. */
function lineOf(place: NormalizedProblem['location'][number] | undefined): string {
  if (!place) return ''
  const { source, start } = getLineColLocation(place)
  return `${relative(process.cwd(), source.absoluteRef)}:${start.line}:${start.col}`
}
