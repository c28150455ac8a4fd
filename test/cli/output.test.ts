/**
 * Colours, tables and text from a store.
 * @module
 */
import { describe, expect, it } from 'vitest'
import { describeFailure } from '../../src/cli/failure.ts'
import { bytes, relative, span } from '../../src/cli/figures.ts'
import { createOutput, wantsColor } from '../../src/cli/output.ts'
import { brief, manyLines, oneLine, shorten } from '../../src/cli/printable.ts'
import { handlerStack } from '../../src/cli/stack.ts'
import { localPath, withoutSecrets } from '../../src/cli/store-url.ts'
import { renderTable } from '../../src/cli/table.ts'
import { withoutOptions } from '../../src/cli/worker/child-arguments.ts'

describe('colours', () => {
  const terminal = { write: () => true, isTTY: true }
  const pipe = { write: () => true, isTTY: false }

  it.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', pipe, {}, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR on a pipe', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR over FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ])('%s', (_name, stream, env, wanted) => {
    expect(wantsColor(stream, env)).toBe(wanted)
  })

  it('paints where wanted, never with --json', () => {
    const shell = { stdin: process.stdin, stdout: pipe, stderr: pipe, env: { FORCE_COLOR: '1' }, cwd: '/' }
    expect(createOutput(shell, false).style('red', 'x')).toBe('\u001b[31mx\u001b[39m')
    expect(createOutput(shell, true).style('red', 'x')).toBe('x')
  })
})

describe('text from a store', () => {
  it('cannot steer the terminal', () => {
    expect(oneLine('a\u001b[2Jb\r\nc\u0007')).toBe('a\\u001b[2Jb c\\u0007')
    expect(manyLines('one\r\ntwo\u001b]0;title\u0007\n\tthree')).toBe(
      'one\ntwo\\u001b]0;title\\u0007\n  three',
    )
    expect(oneLine('abc\u202edef')).toBe('abc\\u202edef')
  })

  it('is cut', () => {
    expect(shorten('abcdef', 4)).toBe('abc…')
    expect(shorten('😀😀😀', 3)).toBe('😀😀😀')
    expect(brief({ a: 'x'.repeat(100) }, 10)).toHaveLength(10)
    expect(brief(undefined, 10)).toBe('')
  })

  it('is aligned', () => {
    const rows = [
      { name: 'a', size: '1' },
      { name: 'long', size: '1,000' },
    ]
    const lines = renderTable(
      rows,
      [
        { title: 'name', value: (row) => row.name },
        { title: 'size', value: (row) => row.size, align: 'right' },
      ],
      (_style, text) => text,
    )
    expect(lines).toEqual(['name   size', 'a         1', 'long  1,000'])
  })
})

describe('figures', () => {
  it('reads well', () => {
    expect([span(12), span(1_234), span(90_000), span(5_400_000), span(200_000_000)]).toEqual([
      '12 ms',
      '1.2 s',
      '2 min',
      '1.5 h',
      '2.3 d',
    ])
    expect([relative(1_000, 4_000), relative(4_000, 1_000)]).toEqual(['3 s ago', 'in 3 s'])
    expect([bytes(512), bytes(1_536), bytes(5 * 1024 ** 3)]).toEqual(['512 B', '1.5 KiB', '5.0 GiB'])
  })
})

describe('stacks', () => {
  it('end where the engine begins', () => {
    const ours = '    at Runner.run (file:///app/node_modules/millrace/dist/bundles/worker.js:1:2)'
    const head = 'Error: no\n    at send (/app/tasks/mail.ts:3:4)'
    expect(handlerStack(`${head}\n${ours}\n${ours}`)).toBe(`${head}\n    … and 2 frames of millrace`)
    expect(handlerStack(`Error: no\n${ours}\n    at own (/app/x.ts:1:1)`)).toContain('Runner.run')
    expect(handlerStack('Error: no')).toBe('Error: no')
  })
})

describe('small parts', () => {
  it('finds the file a URL names', () => {
    expect(localPath('sqlite:a.db', '/x')).toBe('/x/a.db')
    expect(localPath('sqlite:./a.db?synchronous=full', '/x')).toBe('/x/a.db')
    expect(localPath('sqlite:/a.db', '/x')).toBe('/a.db')
    expect(localPath('sqlite:///a.db', '/x')).toBe('/a.db')
    expect(localPath('other://host/name', '/x')).toBeNull()
    expect(localPath('memory:', '/x')).toBeNull()
    expect(localPath('nonsense', '/x')).toBeNull()
  })

  it('shows a URL without its secrets', () => {
    expect(withoutSecrets('other://me:p@ss@host:1/name?key=secret')).toBe('other://host:1/name')
    expect(withoutSecrets('sqlite:/a.db?synchronous=full')).toBe('sqlite:/a.db')
  })

  it('takes options out of arguments', () => {
    expect(
      withoutOptions(
        ['work', '--processes', '4', '--slots', '2', '--max-memory=90'],
        ['--processes', '--max-memory'],
      ),
    ).toEqual(['work', '--slots', '2'])
  })

  it('describes any thrown value', () => {
    expect(describeFailure('text')).toMatchObject({ exitCode: 1, message: 'text' })
    const cycle: Error = new Error('a')
    cycle.cause = cycle
    expect(describeFailure(cycle).causes).toHaveLength(5)
  })
})
