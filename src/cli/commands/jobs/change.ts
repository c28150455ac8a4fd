/**
 * What `jobs retry`, `jobs cancel` and `jobs delete` share: by ids, or by filter once somebody agreed.
 * @module
 */
import type { Command } from 'commander'
import type { ChangeReceipt } from '../../../contract/index.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { usageError } from '../../failure.ts'
import { many } from '../../figures.ts'
import type { Output } from '../../output.ts'
import { oneLine } from '../../printable.ts'
import type { StoreClient } from '../../store-client.ts'
import { type FilterOptions, toFilter, withFilter } from './filter.ts'

interface ChangeOptions extends StoreOptions, FilterOptions {
  readonly allMatching?: boolean
  readonly yes?: boolean
}

/** One kind of change. */
export interface Change {
  /** `retry`, for messages. */
  readonly verb: string
  /** `retried`, for messages. */
  readonly past: string
  /** What is said of a job that was refused. */
  readonly refusal: string
  readonly apply: (app: StoreClient, ids: readonly string[]) => Promise<readonly ChangeReceipt[]>
  readonly examples: readonly string[]
}

/** Jobs of one call; large enough to be quick, small enough to hold no lock for long. */
const BATCH = 500

/** Defines a command that makes this change. */
export function defineChange(command: Command, run: Run, change: Change): void {
  withFilter(withStore(command.argument('[ids...]', 'ids of jobs')))
    .option('--all-matching', 'every job that the flags above choose, instead of ids')
    .option('-y, --yes', 'agree beforehand, do not ask')
  action<ChangeOptions>(command, run, {
    examples: change.examples,
    act: ({ args, options, output, shell }) => {
      const ids = args[0] as readonly string[]
      checkChoice(ids, options, change.verb)
      return withStoreApp(options, shell, async ({ app }) => {
        if (ids.length > 0) return byIds(app, [...new Set(ids)], change, output)
        const found = await idsMatching(app, options)
        const what = many(found.length, 'job')
        if (found.length > 0) await confirm(`${capital(change.verb)} ${what}?`, options, shell)
        const receipts = await applyAll(app, found, change)
        report(receipts, change, output, false)
        return EXIT.ok
      })
    },
  })
}

function checkChoice(ids: readonly string[], options: ChangeOptions, verb: string): void {
  const filtered = Object.keys(toFilter(options)).length > 0
  if (ids.length > 0 && (filtered || options.allMatching === true)) {
    throw usageError('Give either ids or flags that choose jobs, not both.')
  }
  if (ids.length === 0 && options.allMatching !== true) {
    throw usageError(
      filtered ? `Nothing was done: flags alone do not ${verb} jobs.` : `Which jobs? None was named.`,
      filtered
        ? 'Add --all-matching to mean every job they choose.'
        : 'Give ids, or flags such as --state with --all-matching.',
    )
  }
}

async function byIds(
  app: StoreClient,
  ids: readonly string[],
  change: Change,
  output: Output,
): Promise<number> {
  const receipts = await applyAll(app, ids, change)
  report(receipts, change, output, true)
  const well = receipts.every(({ outcome }) => outcome === 'done' || outcome === 'requested')
  return well ? EXIT.ok : EXIT.refused
}

/** All ids first, so that the count asked about is the count changed, and a change cannot disturb the paging. */
async function idsMatching(app: StoreClient, options: FilterOptions): Promise<string[]> {
  const ids: string[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<StoreClient['list']>> = await app.list(toFilter(options), {
      limit: 1_000,
      order: 'oldest',
      after,
    })
    for (const job of page.jobs) ids.push(job.id)
    after = page.next
  } while (after !== null)
  return ids
}

async function applyAll(
  app: StoreClient,
  ids: readonly string[],
  change: Change,
): Promise<readonly ChangeReceipt[]> {
  const receipts: ChangeReceipt[] = []
  for (let start = 0; start < ids.length; start += BATCH) {
    receipts.push(...(await change.apply(app, ids.slice(start, start + BATCH))))
  }
  return receipts
}

function report(receipts: readonly ChangeReceipt[], change: Change, output: Output, each: boolean): void {
  const tally = { done: 0, requested: 0, refused: 0, 'not-found': 0 }
  for (const receipt of receipts) tally[receipt.outcome] += 1
  const { done, requested, refused, 'not-found': notFound } = tally
  output.document({ done, requested, refused, notFound, jobs: receipts })
  if (each) for (const receipt of receipts) output.text(receiptLine(receipt, change, output))
  const parts = [`${many(done, 'job')} ${change.past}`]
  if (requested > 0) parts.push(`${requested} asked to abort`)
  if (refused > 0) parts.push(`${refused} refused`)
  if (notFound > 0) parts.push(`${notFound} not found`)
  if (!each || receipts.length > 1) output.text(`${parts.join(', ')}.`)
}

function receiptLine(receipt: ChangeReceipt, change: Change, output: Output): string {
  const id = oneLine(receipt.id)
  if (receipt.outcome === 'not-found') return `${id}  ${output.style('red', 'not found')}`
  if (receipt.outcome === 'refused') {
    return `${id}  ${output.style('red', 'refused')}: it is ${receipt.state ?? 'gone'}; ${change.refusal}`
  }
  if (receipt.outcome === 'requested') {
    return `${id}  ${output.style('yellow', 'requested')}: it runs; its worker was asked to abort it`
  }
  return `${id}  ${output.style('green', change.past)}`
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}
