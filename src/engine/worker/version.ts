/**
 * Millrace's own version, which workers say of themselves.
 * @module
 */
import { readFile } from 'node:fs/promises'

/** The version in the package's manifest; `unknown` where the code was bundled without it. */
export async function ownVersion(): Promise<string> {
  try {
    const manifest: unknown = JSON.parse(
      await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
    )
    const { name, version } = manifest as { name?: unknown; version?: unknown }
    return name === 'millrace' && typeof version === 'string' ? version : 'unknown'
  } catch {
    // Only shown to people: not worth failing for.
    return 'unknown'
  }
}
