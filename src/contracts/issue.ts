/** One thing that is wrong with a body. */
export interface Issue {
  /** Where: `['address', 'zip']`; empty for the body itself. */
  readonly path: readonly string[]
  /** The rule that is broken: a keyword of JSON Schema, or `blank`, `unknown`, or a word of the slice's own. */
  readonly rule: string
  /** What is wrong, as a predicate: "must be one of active, deactivated". */
  readonly message: string
  /** What the rule demands, as JSON Schema's errors name it: `{ limit: 2 }`, `{ allowedValues: […] }`. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** The path of an issue as one word: "address.zip", "body" for the body itself. A property without a name is `""`. */
export function fieldOf({ path }: Issue): string {
  return path.length === 0 ? 'body' : path.join('.') || '""'
}

/** All issues as one sentence: "email is required; role must be one of admin, customer". */
export function sentence(issues: readonly Issue[]): string {
  return issues.map((issue) => `${fieldOf(issue)} ${issue.message}`).join('; ')
}
