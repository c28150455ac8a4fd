import { expect, test } from 'vitest'
import * as door from '../../src/index.ts'

test('the root door is small', () => {
  const names = Object.keys(door).filter((name) => !name.endsWith('Error'))
  expect(names.sort()).toEqual([
    'Discard',
    'ERROR_CODES',
    'Retry',
    'Snooze',
    'compressed',
    'encrypted',
    'millrace',
    'task',
  ])
})
