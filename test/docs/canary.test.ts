/**
 * A wrong sample fails, and says where it stands: otherwise all the others prove nothing.
 * @module
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSamples, type Sample } from './samples.ts'
import { Workshop } from './workshop.ts'

const page = `# A page

\`\`\`ts
import { task } from 'millrace'

task('wrong-type', { queue: 5 })
\`\`\`

\`\`\`ts
throw new Error('thrown on purpose')
\`\`\`

\`\`\`ts
console.log('one thing') // → another thing
\`\`\`

<!-- prelude
const known = 1
-->

\`\`\`ts fragment
const sum: number = known + missing
\`\`\`

\`\`\`ts file=other.ts
export const other = 'of this page'
\`\`\`

\`\`\`ts
import { other } from './other.ts'

console.log(other) // → of this page
\`\`\`

\`\`\`sh run
millrace --version
test -e other.ts
\`\`\`

\`\`\`sh run
millrace stats --backend sqlite:is-not-there.db
\`\`\`
`

const samples = readSamples('canary.md', page)
const workshop = new Workshop(samples)

beforeAll(() => workshop.compile(), 120_000)
afterAll(() => workshop.close())

function at(line: number): Sample {
  const sample = samples.find((one) => one.line === line)
  if (sample === undefined) throw new Error(`no sample at line ${line}: ${samples.map((one) => one.line)}`)
  return sample
}

test('a type error, with the line of the page', () => {
  expect(workshop.typeErrors(at(4))).toEqual([expect.stringMatching(/^canary\.md:6: Type 'number'/)])
})

test('an error at run time, with the line of the page in its stack', async () => {
  expect(workshop.typeErrors(at(10))).toEqual([])
  await expect(workshop.run(at(10))).rejects.toThrow(/canary\.md:10 ended with code 1[\s\S]*line-10\.ts:10:/)
})

test('an output that did not come', async () => {
  await expect(workshop.run(at(14))).rejects.toThrow('canary.md:14 did not print this line: another thing')
})

test('a fragment sees the prelude and nothing else', () => {
  expect(workshop.typeErrors(at(22))).toEqual([
    expect.stringMatching(/^canary\.md:22: Cannot find name 'missing'/),
  ])
})

test('a right sample passes, and finds the files of its page', async () => {
  expect(workshop.typeErrors(at(30))).toEqual([])
  await workshop.run(at(30))
})

test('commands run in the folder of the page, and a command that fails is told', async () => {
  await workshop.runCommands(at(36))
  await expect(workshop.runCommands(at(41))).rejects.toThrow(
    /canary\.md:41 ended with code 3[\s\S]*is-not-there/,
  )
})

test.each([
  ['a fence that asks for something unknown', '```ts skip\n```'],
  ['a language that would be passed over', '```typescript\n```'],
  ['a fence without an end', '```ts\n'],
  ['a fragment without a prelude', '```ts fragment\n```'],
])('%s is refused', (_, text) => {
  expect(() => readSamples('canary.md', text)).toThrow(/^canary\.md:1: /)
})
