import type { Contract } from '../contracts/contract.ts'
import type { ContractDocument } from '../contracts/document.ts'
import { fitsPath } from './fits-path.ts'
import { type Backing, type Serve, serveContract } from './serve-contract.ts'

/** A contract and the document that it keeps. */
export interface Served {
  readonly contract: Contract
  readonly document: ContractDocument
}

/** Which contract answers at a raw path; undefined where none does. */
export type Route = (path: string) => Owner | undefined

interface Owner {
  readonly name: string
  readonly serve: Serve
}

/** Routes by the exact text of a path, then by a template with parameters, then by a prefix that a contract claims. */
export async function createRoute(served: readonly Served[], backing: Backing): Promise<Route> {
  const owners = await Promise.all(
    served.map(async ({ contract, document }) => ({
      name: contract.name,
      paths: Object.keys(document.paths),
      prefix: document['x-owns-prefix'],
      serve: await serveContract(contract, document, backing),
    })),
  )
  const exact = new Map(owners.flatMap((owner) => owner.paths.map((path) => [path, owner])))
  return (path) =>
    exact.get(path) ??
    owners.find(({ paths }) => paths.some((template) => fitsPath(template, path))) ??
    owners.find(({ prefix }) => prefix !== undefined && path.startsWith(prefix))
}
