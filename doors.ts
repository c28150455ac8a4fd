/**
 * The doors of the package: every public subpath, one line each. `npm run doors` writes them into
 * package.json; knip, the pack check and the build read them here, so that a door is declared once.
 * @module
 */
export const doors: Readonly<Record<string, string>> = {
  '.': 'src/index.ts',
  './sqlite': 'src/backends/sqlite/index.ts',
  './postgres': 'src/backends/postgres/index.ts',
  './redis': 'src/backends/redis/index.ts',
  './memory': 'src/backends/memory/index.ts',
  './dashboard': 'src/dashboard/index.ts',
  './observe': 'src/observe/index.ts',
  './testing': 'src/testing/index.ts',
  './conformance': 'src/conformance/index.ts',
  './contract': 'src/contract/index.ts',
}
