/** The ids of the trace that a request is part of. */
interface Trace {
  readonly traceId: string
  /** The caller's span. */
  readonly parentId: string
}

// Version 00 ends with its flags; what a later version adds comes after another dash.
const TRACE_PARENT =
  /^(?:00(?=.{53}$)|(?!00|ff)[\da-f]{2}(?=.{53}(?:-|$)))-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}/

/** Reads a `traceparent` (W3C Trace Context); undefined for one that is not valid. */
export function traceOf(header: string): Trace | undefined {
  const [, traceId, parentId] = TRACE_PARENT.exec(header) ?? []
  return traceId && parentId ? { traceId, parentId } : undefined
}
