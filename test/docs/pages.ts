/**
 * The pages that users read.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export interface Page {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
}

/** The first page, and everything under docs/. */
export function readPages(): Page[] {
  const files = readdirSync(join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' })
  const docs = files
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
  return ['README.md', ...docs.sort()].map((path) => ({
    path,
    text: readFileSync(join(REPOSITORY, path), 'utf8'),
  }))
}
