/**
 * What is said where an optional package is needed and cannot be loaded.
 * @module
 */
import { MillraceError } from '../contract/index.ts'

/** `package-missing`, with the command that helps. */
export function missingPackage(what: string, name: string, cause: unknown): MillraceError {
  return new MillraceError(
    'package-missing',
    `${what} needs the package ${name}, which cannot be loaded. Install it with: npm install ${name}`,
    { cause },
  )
}
