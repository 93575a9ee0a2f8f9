import type { Count } from './count-request.ts'

interface Window {
  requests: number
  endsAt: number
  readonly timer: NodeJS.Timeout
}

/** Counts in the memory of this process. A window is forgotten when it ends. */
export function countInMemory(): Count {
  const windows = new Map<string, Window>()

  function open(key: string, endsAt: number, ms: number): Window {
    clearTimeout(windows.get(key)?.timer)
    const window: Window = { requests: 0, endsAt, timer: setTimeout(() => windows.delete(key), ms).unref() }
    windows.set(key, window)
    return window
  }

  return async (name, { seconds }) => {
    const key = `${name} ${seconds}`
    const ms = seconds * 1000
    const now = Date.now()
    const last = windows.get(key)
    const window = last && last.endsAt > now ? last : open(key, now + ms, ms)
    window.requests += 1
    // A clock that was set back makes a window look longer than it is.
    window.endsAt = Math.min(window.endsAt, now + ms)
    return { requests: window.requests, msLeft: window.endsAt - now }
  }
}
