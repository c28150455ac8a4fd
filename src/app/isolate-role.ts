/**
 * Knows whether this thread or process is an isolated child, which must not become a worker itself.
 * @module
 */

let child = false

/** Says that this is an isolated child; called before the app's module is loaded. */
export function becomeIsolatedChild(): void {
  child = true
}

/** True in a child of `isolate`. */
export function inIsolatedChild(): boolean {
  return child
}
