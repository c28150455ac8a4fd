/**
 * Builds src/ into dist/: JavaScript in bundles (scripts/bundle.ts), types file by file. dist/ is pruned rather
 * than emptied: what a deleted source left behind goes, and the compiler's own memory (dist/.tsbuildinfo)
 * makes the next build incremental.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const outputs = /\.d\.ts$/

/** Removes types that no source makes any more. */
function prune(folder: string) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) prune(path)
    else if (outputs.test(entry.name)) {
      const source = path.replace(/^dist/, 'src').replace(outputs, '')
      if (!existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) rmSync(path)
    }
  }
}

function run(...args: [string, ...string[]]) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (existsSync('dist')) prune('dist')
// In CI what is generated must have been committed, so there a stale file fails instead of being mended.
run('--import', 'tsx', 'scripts/sql.ts', ...(process.env.CI ? ['--check'] : []))
run('--import', 'tsx', 'scripts/ui.ts', ...(process.env.CI ? ['--check'] : []))
run('--import', 'tsx', 'scripts/bundle.ts')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755)
console.log('built dist/')
