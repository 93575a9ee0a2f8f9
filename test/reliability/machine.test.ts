import { availableParallelism, cpus, totalmem, type } from 'node:os'
import { expect, it } from 'vitest'
import { record } from './record.ts'

it('the machine of the figures is told', () => {
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    Node: process.versions.node,
    system: `${type()} ${process.arch}`,
    CPU: `${availableParallelism()} × ${cpus()[0]?.model}`,
    'memory, GB': Math.round(totalmem() / 2 ** 30),
  }
  record('machine', machine)
  expect(machine['memory, GB']).toBeGreaterThan(0)
})
