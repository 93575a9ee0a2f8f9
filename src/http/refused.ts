import type { Refusal } from '../contracts/contract.ts'

/** Thrown by any step of the pipeline to end a request with its contract's refusal. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.kind, options)
    this.refusal = refusal
  }
}
