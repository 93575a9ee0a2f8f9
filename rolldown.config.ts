import { defineConfig } from 'rolldown'

// What has parts that are no JavaScript, and what only the mock and the documentation load.
const PACKAGES = [
  '@node-rs/argon2',
  '@photostructure/sqlite',
  '@redocly/openapi-core',
  '@stoplight/prism-http',
  'chokidar',
  'marked',
]

/** The command line with the packages that it is made of, in a few files: to find and read a thousand takes longer than to run them. */
export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  // raw-body has the tables of all encodings for whom it gives text. It gives us bytes.
  external: [...PACKAGES, /iconv-lite\/encodings/],
  output: {
    // Not dist/ itself: npx remembers where a checkout's command was, and does not look again.
    dir: 'dist/src',
    cleanDir: true,
    chunkFileNames: '[name].js',
    // V8 takes two bytes for each character of a file that has one beyond Latin-1, and ASCII is read fastest.
    charset: 'ascii',
    comments: { legal: true, annotation: false, jsdoc: false },
  },
  // The eval is protobufjs's, of which pino has a part that is never called.
  checks: { eval: false },
  logLevel: 'warn',
})
