import { bimplus } from './bimplus/contract.ts'
import { bizcare } from './bizcare/contract.ts'
import type { Contract } from './contract.ts'
import { etelecom } from './etelecom/contract.ts'
import { garmat } from './garmat/contract.ts'
import { orbvpn } from './orbvpn/contract.ts'

/** The contracts served. Each is a folder here and one of the same name in `openapi/`. */
export const contracts: readonly Contract[] = [bizcare, etelecom, orbvpn, garmat, bimplus]
