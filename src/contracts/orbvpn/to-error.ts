import type { SourceLocation } from 'graphql'
import type { components } from '../../../generated/orbvpn/types.ts'
import { fieldOf, type Issue } from '../issue.ts'

/** An issue as an entry of `errors`. An issue of the query has its code for a rule; any other is of an input. */
export function toError(issue: Issue): components['schemas']['GraphqlError'] {
  switch (issue.rule) {
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED': {
      const locations = issue.params?.locations as SourceLocation[] | undefined
      return { message: issue.message, ...(locations && { locations }), extensions: { code: issue.rule } }
    }
    default: {
      const field = fieldOf(issue)
      return { message: `${field} ${issue.message}`, extensions: { code: 'BAD_USER_INPUT', field } }
    }
  }
}
