/**
 * No source file is longer than a person reads in one sitting. Generated files are nobody's reading.
 * @module
 */
import { readFileSync } from 'node:fs'
import { houseFiles } from './house-files.ts'

const most = 400
const lines = houseFiles()
  .filter((file) => /^src\/.*\.(?:tsx?|css|lua|sql)$/.test(file) && !file.endsWith('.gen.ts'))
  .map((file) => ({ file, count: readFileSync(file, 'utf8').split('\n').length - 1 }))
  .sort((a, b) => a.count - b.count)

const long = lines.filter(({ count }) => count > most)
for (const { file, count } of long)
  console.error(`${file} has ${count} lines, at most ${most}: split it by topic`)
if (long.length > 0) process.exit(1)
console.log(
  `${lines.length} source files, median ${lines[lines.length >> 1]?.count ?? 0} lines, longest ${lines.at(-1)?.count ?? 0}`,
)
