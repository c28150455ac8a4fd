/**
 * Stacks as people read them.
 * @module
 */

/** A line of a stack in the built package or in Node itself. */
const OURS = /^\s+at .*(?:[\\/]dist[\\/]bundles[\\/][\w-]+\.js|node:internal[\w/]*):\d+:\d+\)?$/

/** A stack without its tail of frames that lead through the engine to the handler: these are the same for every job. */
export function handlerStack(stack: string): string {
  const lines = stack.split('\n')
  const last = lines.findLastIndex((line) => !OURS.test(line))
  const hidden = lines.length - 1 - last
  if (hidden < 2) return stack
  return [...lines.slice(0, last + 1), `    … and ${hidden} frames of millrace`].join('\n')
}
