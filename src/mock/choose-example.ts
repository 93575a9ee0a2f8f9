import type { Operation } from 'openapi-backend'
import type { Wish } from './read-wish.ts'

/** A response of an operation that can be served: one named example of one status in one media type. */
export interface Choice {
  readonly status: number
  readonly mediaType: string
  readonly example: string
}

/** Every choice that an operation offers, in the order of its document. */
export function choicesOf({ responses = {} }: Operation): readonly Choice[] {
  return Object.entries(responses).flatMap(([status, response]) =>
    Object.entries(('content' in response && response.content) || {}).flatMap(([mediaType, media]) =>
      Object.keys((media as { examples?: object }).examples ?? {}).map((example) => ({
        status: Number(status),
        mediaType,
        example,
      })),
    ),
  )
}

/**
 * The choice that a wish means: of what it leaves open, the success before the errors, and the first before the others.
 * Undefined where the operation has no such status, example, or pair. `accepts` picks one of several media types.
 */
export function chooseExample(
  choices: readonly Choice[],
  { code, example }: Wish,
  accepts: (mediaTypes: readonly string[]) => string | undefined,
): Choice | undefined {
  const meant = choices.filter(
    (choice) =>
      (code === undefined || String(choice.status) === code) && (example === undefined || choice.example === example),
  )
  const best = meant.find(({ status }) => status < 300) ?? meant[0]
  const same = meant.filter(({ status }) => status === best?.status)
  const mediaType = accepts([...new Set(same.map((choice) => choice.mediaType))])
  return same.find((choice) => choice.mediaType === mediaType)
}
