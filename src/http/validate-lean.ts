import type { ErrorObject } from 'ajv'
import type { OpenAPIBackend, Operation, Request } from 'openapi-backend'

/** What is wrong with a request. Its headers come in small letters, as from Node, and the body as an object. */
export type Validate = (request: Request) => readonly ErrorObject[]

/**
 * openapi-backend's `validateRequest` for one operation, less what it does for parameters in the path, the query and
 * cookies where there are none: it parses them, and copies each request to do so.
 */
export function validateLean(api: OpenAPIBackend, operation: Operation): Validate {
  if (operation.path.includes('{') || operation.parameters?.some(isParsed)) {
    return (request) => api.validateRequest(request, operation).errors ?? []
  }
  return ({ headers, body }) => {
    const parts = { path: {}, query: {}, header: headers, cookie: {}, requestBody: body }
    const validators = api.validator.getRequestValidatorsForOperation(String(operation.operationId)) ?? []
    return validators.flatMap((validate) => (validate(parts) ? [] : (validate.errors ?? [])))
  }
}

function isParsed(parameter: object): boolean {
  return !('in' in parameter) || parameter.in !== 'header'
}
