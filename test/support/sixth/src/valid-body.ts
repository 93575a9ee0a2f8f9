import fc from 'fast-check'
import { text } from '../arbitraries.ts'

export const validBody = fc.tuple(text({ maxLength: 12 }), fc.nat()).map(([nick, n]) => ({ nick: `${nick}${n % 1e8}` }))
