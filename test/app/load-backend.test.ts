import { describe, expect, test } from 'vitest'
import { loadBackend, parseStoreUrl } from '../../src/app/load-backend.ts'
import { InvalidOptionError } from '../../src/contract/index.ts'

describe('parseStoreUrl', () => {
  test.each([
    ['memory:', { scheme: 'memory', rest: '', options: {} }],
    ['sqlite:jobs.db', { scheme: 'sqlite', rest: 'jobs.db', options: {} }],
    ['sqlite:C:\\data\\jobs.db', { scheme: 'sqlite', rest: 'C:\\data\\jobs.db', options: {} }],
    [
      'sqlite:/a?b/x.db?synchronous=normal',
      { scheme: 'sqlite', rest: '/a?b/x.db', options: { synchronous: 'normal' } },
    ],
  ])('%s', (url, parts) => {
    expect(parseStoreUrl(url)).toEqual(parts)
  })

  test.each([
    ['mysql://user:secret@host/db', "There is no backend for 'mysql:'"],
    ['sqllite:x.db', "Did you mean 'sqlite:'?"],
    ['millrace.db', "write 'sqlite:millrace.db'"],
    ['', "'memory:'"],
    [undefined, "Known: 'sqlite:', 'memory:'"],
    ['constructor:x', 'There is no backend'],
  ])('refuses %j', (url, message) => {
    const parse = () => parseStoreUrl(url as string)
    expect(parse).toThrow(InvalidOptionError)
    expect(parse).toThrow(message)
    expect(parse).not.toThrow('secret')
  })
})

describe('loadBackend', () => {
  test('loads by scheme', async () => {
    const first = await loadBackend('memory:')
    const second = await loadBackend('memory:')
    expect(first.name).toBe('memory')
    expect(first).not.toBe(second)
    await Promise.all([first.close(), second.close()])
  })

  test.each([
    ['memory:shared', 'no address'],
    ['memory:?a=1', 'no options'],
    ['sqlite://host/jobs.db', 'a file has none'],
    ['sqlite:', 'file'],
    ['sqlite:x.db?synchronos=full', "Did you mean 'synchronous'?"],
    ['sqlite:x.db?synchronous=often', 'synchronous'],
    ['sqlite:x.db?busyTimeout=soon', 'busyTimeout'],
    ['sqlite::memory:', 'memory'],
    ['sqlite:x.db?file=y.db', 'Unknown option'],
  ])('refuses %s', async (url, message) => {
    await expect(loadBackend(url)).rejects.toThrow(InvalidOptionError)
    await expect(loadBackend(url)).rejects.toThrow(message)
  })
})
