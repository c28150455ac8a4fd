/**
 * Links between pages lead somewhere, headings included.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, readPages } from './pages.ts'

const LINK = /\]\((?!https?:|mailto:)([^)\s]+)\)/g

/** Code is no text: what looks like a link or a heading there is none. */
function withoutCode(text: string): string {
  return text
    .replace(/^(\s*)(`{3,})[\s\S]*?^\1\2$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''))
}

/** Anchors as hosts of repositories make them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )
}

test.each(readPages())('the links of $path', ({ path, text }) => {
  const dead: string[] = []
  for (const [, target = ''] of withoutCode(text).matchAll(LINK)) {
    const [file = '', anchor] = target.split('#')
    const found = file === '' ? path : normalize(join(dirname(path), file))
    if (!existsSync(join(REPOSITORY, found))) dead.push(target)
    else if (anchor !== undefined && !anchorsOf(readFileSync(join(REPOSITORY, found), 'utf8')).has(anchor))
      dead.push(target)
  }
  expect(dead).toEqual([])
})
