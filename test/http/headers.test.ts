import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { contracts } from '../../src/contracts/index.ts'
import { siteFolder } from '../../src/docs/site-folder.ts'
import { type Listening, listen } from '../../src/http/listen.ts'
import { serveSite } from '../../src/http/serve-site.ts'
import { createLog } from '../../src/log.ts'
import { pathOf } from '../support/send.ts'
import { type Service, startService } from '../support/start-service.ts'

let service: Service
let failing: Listening
let site: Listening
beforeAll(async () => {
  service = await startService()
  const fail = () => {
    throw new Error('the message of this is for the log')
  }
  const log = createLog('silent')
  failing = await listen(createApp(fail, log).callback(), '127.0.0.1', 0)
  const otherwise = [serveSite(siteFolder)]
  site = await listen(createApp(() => undefined, log, { otherwise }).callback(), '127.0.0.1', 0)
})
afterAll(async () => {
  await Promise.all([service.close(), failing.close(), site.close()])
})

it.each([
  { claim: 'an unknown path', ask: () => fetch(`${service.origin}/nowhere`), status: 404 },
  { claim: 'a fault of ours', ask: () => fetch(failing.origin), status: 500 },
  { claim: 'a page', ask: () => fetch(site.origin), status: 200 },
  ...contracts.map((contract) => ({
    claim: `a refusal of ${contract.name}`,
    ask: () => fetch(`${service.origin}${pathOf(contract)}`, { method: 'POST' }),
    status: 401,
  })),
])('tells no product and no stack to who asks for $claim, and forbids to guess its type', async ({ ask, status }) => {
  const response = await ask()
  expect(response.status).toBe(status)
  for (const name of ['Server', 'X-Powered-By']) expect(response.headers.get(name)).toBeNull()
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(await response.text()).not.toMatch(/for the log|\bat .*\.[jt]s|node_modules/)
})

it('lets no frame hold a page, and no link tell where a reader came from', async () => {
  for (const path of ['/', '/map/', ...contracts.map(({ name }) => `/docs/${name}/`)]) {
    const { headers } = await fetch(`${site.origin}${path}`)
    expect(Object.fromEntries(headers), path).toMatchObject({
      'content-security-policy': "frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
  }
})
