import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The command line is tested as it is installed: built.
    globalSetup: ['test/support/build.ts', 'test/support/serve-postgres.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine may be slow: what is waited for comes when it comes.
    expect: { poll: { timeout: 20_000 } },
    // Vite and Node choose different files of graphql. Whoever brings schemas to graphql-http must import the same one.
    server: { deps: { inline: ['graphql-http'] } },
  },
})
