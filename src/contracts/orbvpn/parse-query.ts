import { type DocumentNode, GraphQLError, parse } from 'graphql'

const tokensMax = 1_000

// What the parser wanted and which kind of thing it found, but not the text of that thing: it may be part of a password.
const QUOTELESS = new RegExp(
  [
    '^Syntax Error: (?:Document contains more \\w+ \\d+ tokens',
    'Unterminated string',
    'Unexpected single quote character',
    '(?:Expected [^,]+, found|Unexpected) (?:<EOF>|Name|Int|Float|String|BlockString|"[^\\w"]+"))',
  ].join('|'),
)

/** A query as a document, or what keeps it from being one, told without a word of the query. */
export function parseQuery(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: tokensMax })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const [message = 'Syntax Error'] = QUOTELESS.exec(error.message) ?? []
    return new GraphQLError(`${message}.`, { source: error.source, positions: error.positions })
  }
}
