// Hashes passwords for so many seconds, with as many threads as UV_THREADPOOL_SIZE has; prints hashes a second.
import { hash } from '@node-rs/argon2'

const [, , threads, seconds] = process.argv.map(Number)
const started = performance.now()
const until = started + Number(seconds) * 1000
let hashed = 0

async function keepHashing(): Promise<void> {
  while (performance.now() < until) {
    await hash('correct horse')
    hashed++
  }
}
await Promise.all(Array.from({ length: Number(threads) }, keepHashing))
console.log((hashed / (performance.now() - started)) * 1000)
