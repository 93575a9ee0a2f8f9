import { type Browser, chromium } from 'playwright-core'

/** Starts the Chromium that comes with the packages. */
export async function openBrowser(): Promise<Browser> {
  // It brings the libraries that it needs, and looks at this variable, when it is loaded, to know whether to unpack them.
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x'
  const executablePath = await (await import('@sparticuz/chromium')).default.executablePath()
  const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  // Of a dozen cold starts one fails.
  return launch().catch(launch)
}
