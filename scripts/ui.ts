/**
 * Bundles the dashboard's script and styles into src/dashboard/ui/assets.gen.ts, minified, under names that carry
 * a hash. With `--check` it only compares, and fails where the file is stale.
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const target = 'src/dashboard/ui/assets.gen.ts'
const sources = {
  script: 'src/dashboard/ui/browser/main.ts',
  style: 'src/dashboard/ui/style/main.css',
  icon: 'src/dashboard/ui/style/icon.svg',
}

async function bundle(source: string): Promise<string> {
  if (source.endsWith('.svg')) return readFileSync(source, 'utf8').trim()
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  })
  return (outputFiles[0]?.text ?? '').trim()
}

let entries = ''
for (const [key, source] of Object.entries(sources)) {
  const text = await bundle(source)
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10)
  const extension = source.endsWith('.ts') ? 'js' : source.split('.').at(-1)
  entries += `  ${key}: { name: '${key}-${hash}.${extension}', text: ${JSON.stringify(text)} },\n`
}
const module = `/** Generated from browser/ and style/ by \`npm run ui\`: edit those instead. */
export const ASSETS = Object.freeze({
${entries}}) satisfies Readonly<Record<string, { readonly name: string; readonly text: string }>>
`
const found = existsSync(target) ? readFileSync(target, 'utf8') : ''
if (found !== module && process.argv.includes('--check')) {
  console.error(`Stale: ${target}. Mend it with: npm run ui`)
  process.exit(1)
}
if (found !== module) writeFileSync(target, module)
console.log(`dashboard assets: ${found === module ? 'unchanged' : 'written'}`)
