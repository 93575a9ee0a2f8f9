import type { OpenAPIRouter, Operation, Request } from 'openapi-backend'

/**
 * Lets a router of openapi-backend parse of a request only what its operation has parameters for. Headers come in small
 * letters, as from Node, and the body as an object.
 */
export function parseLean(router: Pick<OpenAPIRouter, 'parseRequest'>): void {
  const parseAll = router.parseRequest.bind(router)
  router.parseRequest = (request: Request, operation?: Operation) => {
    if (!operation || operation.path.includes('{') || operation.parameters?.some(isParsed)) {
      return parseAll(request, operation)
    }
    return { ...request, params: {}, query: {}, cookies: {}, requestBody: request.body }
  }
}

function isParsed(parameter: object): boolean {
  return !('in' in parameter) || parameter.in !== 'header'
}
