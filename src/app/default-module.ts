/**
 * The module that children of `isolate` load where the app names none: the command line's config file.
 * @module
 */

let current: string | undefined

/**
 * Says which module makes the app, as a `file:` URL or a path, before that module is loaded. Apps that give
 * `AppOptions.module` themselves are not affected. `undefined` forgets it.
 */
export function setDefaultModule(module: string | undefined): void {
  current = module
}

/** The module given to {@link setDefaultModule}. */
export function defaultModule(): string | undefined {
  return current
}
