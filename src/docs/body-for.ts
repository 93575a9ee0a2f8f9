import type { RequestField } from './request-fields.ts'

/**
 * A request for a person in a contract's words: the contract's own example, with what the person has put where it goes.
 * Where several properties hold the same thing, the first one gets it.
 */
export function bodyFor(
  person: Readonly<Record<string, unknown>>,
  fields: readonly RequestField[],
  example: unknown,
): unknown {
  const placed = new Set<string>()
  return fields.reduce((body, { path, mapsTo }) => {
    if (mapsTo === undefined || placed.has(mapsTo) || !(mapsTo in person)) return body
    placed.add(mapsTo)
    return put(body, path, person[mapsTo])
  }, example)
}

/** A copy with a value at a path. */
function put(node: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value
  const object = (node ?? {}) as Readonly<Record<string, unknown>>
  return { ...object, [name]: put(object[name], rest, value) }
}
