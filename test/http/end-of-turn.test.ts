import { expect, it } from 'vitest'
import { endOfTurn } from '../../src/http/end-of-turn.ts'

it('lets all who wait in one turn of the event loop go on together, at its end', async () => {
  const order: string[] = []
  const waiting = ['one', 'two'].map(async (name) => {
    await endOfTurn()
    order.push(name)
  })
  await new Promise<void>((resolve) => {
    process.nextTick(() => order.push('before'))
    setImmediate(() => setImmediate(resolve))
  })
  order.push('next turn')
  await Promise.all(waiting)
  expect(order).toEqual(['before', 'one', 'two', 'next turn'])
})

it('is another end in the next turn', async () => {
  const first = endOfTurn()
  expect(endOfTurn()).toBe(first)
  await first
  expect(endOfTurn()).not.toBe(first)
})
