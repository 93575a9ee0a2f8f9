// Lint rules of our own. README.md says what they are for.
const GRADES = ['documented', 'vendor', 'decided']

// The formats that the service checks. It does not know another one, and would answer 500 where it meets it.
const FORMATS = ['date', 'date-time', 'email', 'int32', 'int64', 'password', 'text', 'uuid']

/** Who promises it stands on everything that a reader could take for a promise. */
const provenance = () => {
  const check = (node, { report, location, rawNode }) => {
    // What stands beside a $ref speaks of this use of it, so it wins.
    const grade = rawNode?.['x-provenance'] ?? node['x-provenance']
    if (GRADES.includes(grade)) return
    report({ message: `x-provenance must be one of ${GRADES.join(', ')}.`, location: location.key() })
  }
  return {
    Operation: check,
    Parameter: check,
    Header: check,
    Response: check,
    SecurityScheme: check,
    SchemaProperties: { Schema: check },
  }
}

/** Every response has a named example, and a name means one example in its operation. */
const examples = () => {
  let names = new Map()
  return {
    Operation: {
      enter() {
        names = new Map()
      },
      Response: {
        MediaType(mediaType, { report, location, parentLocations }) {
          const own = Object.keys(mediaType.examples ?? {})
          if (own.length === 0) report({ message: 'A response needs a named example.', location: location.key() })
          for (const name of own) {
            const response = parentLocations.Response.absolutePointer
            if ((names.get(name) ?? response) !== response) {
              report({
                message: `"${name}" is an example of another status too.`,
                location: location.child('examples'),
              })
            }
            names.set(name, response)
          }
        },
      },
    },
  }
}

/** A string that a client sends has an end and a form. */
const boundedInput = () => ({
  RequestBody: {
    MediaType(mediaType, { report, location, resolve }) {
      const walk = (raw, path) => {
        if (typeof raw !== 'object' || raw === null) return
        const schema = resolve(raw).node
        const endless = schema.maxLength === undefined || (schema.format ?? schema.pattern) === undefined
        const closed = schema.enum !== undefined || ['date', 'uuid'].includes(schema.format)
        if ([schema.type].flat().includes('string') && endless && !closed) {
          const message = `${path.join('.')} needs enum, or maxLength with format or pattern: it is a string from a client.`
          report({ message, location: location.child('schema') })
        }
        for (const [name, inner] of Object.entries(schema.properties ?? {})) walk(inner, [...path, name])
        for (const inner of ['allOf', 'anyOf', 'oneOf'].flatMap((word) => schema[word] ?? [])) walk(inner, path)
        walk(schema.items, [...path, '[]'])
      }
      walk(mediaType.schema, [])
    },
  },
})

/** A misspelt format would check nothing. */
const knownFormat = () => ({
  Schema(schema, { report, location }) {
    if (schema.format === undefined || FORMATS.includes(schema.format)) return
    report({ message: `format must be one of ${FORMATS.join(', ')}.`, location: location.child('format') })
  },
})

/** Limits that can be counted, and who promises them. */
const rateLimits = () => ({
  Root(root, { report, location }) {
    const limits = root['x-rate-limits']
    if (limits === undefined) return
    const isWhole = (value) => Number.isInteger(value) && value > 0
    const isLimit = (limit) =>
      isWhole(limit?.requests) && isWhole(limit.seconds) && GRADES.includes(limit['x-provenance'])
    const { perKey, failedCredentials, ...others } = limits ?? {}
    const isGood = perKey?.length > 0 && [...perKey, failedCredentials].every(isLimit)
    if (isGood && Object.keys(others).length === 0) return
    const message = 'x-rate-limits has perKey, a list, and failedCredentials: { requests, seconds, x-provenance }.'
    report({ message, location: location.child('x-rate-limits') })
  },
})

export default () => ({
  id: 'rollcall',
  rules: {
    oas3: {
      provenance,
      examples,
      'bounded-input': boundedInput,
      'known-format': knownFormat,
      'rate-limits': rateLimits,
    },
  },
})
