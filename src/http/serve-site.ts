import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { send } from '@koa/send'
import type { Middleware } from 'koa'
import { problem } from './problem.ts'
import type { RequestState } from './request-state.ts'
import { write } from './write.ts'

/** A path as the site has them: nothing encoded, no name that begins with a dot. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/

/** Samples in the pages name the origin, and the way to it, that the reader came by: here the contracts are, too. */
const ORIGIN_SCRIPT = "globalThis.rollcallOrigin = new URL('.', document.currentScript.src).href.slice(0, -1)\n"

/** What a browser is told of a page: to ask anew each time, to put it in no frame, to tell nobody who led there. */
const PAGE_HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/** Serves the documentation in a folder. */
export function serveSite(folder: string): Middleware<RequestState> {
  return async (koa, next) => {
    const { path } = koa.state
    if (!['GET', 'HEAD'].includes(koa.method) || !PLAIN_PATH.test(path)) return next()

    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    if (existsSync(join(file, 'index.html'))) return koa.redirect(`${posix.basename(path)}/`)
    if (!existsSync(file)) {
      if (path !== '/') return next()
      return write(koa, problem(404, 'The documentation is not built: run "npm run docs", and it is served here.'))
    }
    if (path === '/origin.js') {
      koa.type = 'js'
      koa.body = ORIGIN_SCRIPT
      return
    }
    // A folder or a hidden file is not sent.
    if (!(await send(koa, file.slice(folder.length), { root: folder }))) return next()
    koa.set(PAGE_HEADERS)
    if (koa.fresh) koa.status = 304
  }
}
