import type { Refusal } from '../contracts/contract.ts'

/** Thrown by any step of the pipeline to end a request with its contract's refusal. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal, options?: ErrorOptions) {
    // An outcome, not a fault: nobody reads its stack, and to take one costs more than all else that refuses a request.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(refusal.kind, options)
    Error.stackTraceLimit = stackTraceLimit
    this.refusal = refusal
  }
}
