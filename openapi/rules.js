// Lint rules of our own: provenance everywhere, an example for every status, an exchange for every example.
const GRADES = ['documented', 'vendor', 'decided']

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

const examples = () => ({
  Response: {
    MediaType(mediaType, { report, location }) {
      if (Object.keys(mediaType.examples ?? {}).length > 0) return
      report({ message: 'A response needs at least one named example.', location: location.key() })
    },
  },
})

export default () => ({ id: 'rollcall', rules: { oas3: { provenance, examples } } })
