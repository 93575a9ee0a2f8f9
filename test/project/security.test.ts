import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/copy-project.ts'

const page = readFileSync(join(root, 'docs/security.md'), 'utf8')
const rows = page.split('\n').filter((line) => /^\| API\d+ /.test(line))
const named = rows.flatMap((row) =>
  [...row.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)].map(([, file = '', name = '']) => ({ row, file, name })),
)

it('has a row for each of the ten risks, with a test', () => {
  expect(rows.map((row) => /\d+/.exec(row)?.[0])).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 1}`))
  expect(rows.filter((row) => !named.some((test) => test.row === row))).toEqual([])
})

describe('the table of risks', () => {
  it.each(named)('names a test that is there: $file "$name"', ({ file, name }) => {
    const path = join(root, file)
    expect(existsSync(path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(`('${name}', `)
  })
})
