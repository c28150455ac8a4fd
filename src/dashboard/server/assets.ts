/**
 * The script and the styles of the pages. Their names carry a hash, so that browsers may keep them for ever.
 * @module
 */
import { ASSETS } from '../ui/assets.gen.ts'
import { notFound } from './problem.ts'

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Answers with an asset. @throws Problem where there is none of this name. */
export function asset(name: string): Response {
  const found = Object.values(ASSETS).find((one) => one.name === name)
  if (found === undefined) throw notFound('There is no such file.')
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  return new Response(found.text, {
    headers: { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' },
  })
}
