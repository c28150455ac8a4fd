/**
 * The built package's own modules: children are started from built files, as in production.
 * @module
 */
const root = new URL('../../dist/', import.meta.url)

/** A module of the build, typed as its source. */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(path, root).href)) as T
}

interface Src {
  isolation: typeof import('../../src/app/isolation.ts')
  throwables: typeof import('../../src/engine/throwables.ts')
  bus: typeof import('../../src/kit/event-bus.ts')
  contract: typeof import('../../src/contract/index.ts')
  load: typeof import('../../src/app/load-module.ts')
  children: typeof import('../../src/app/isolate-children.ts')
  errors: typeof import('../../src/app/isolate-errors.ts')
  defaults: typeof import('../../src/app/default-module.ts')
  config: typeof import('../../src/cli/config.ts')
}

export const { createIsolation } = await built<Src['isolation']>('app/isolation.js')
export const { Retry, Discard, Snooze } = await built<Src['throwables']>('engine/throwables.js')
export const { createEventBus } = await built<Src['bus']>('kit/event-bus.js')
export const contract = await built<Src['contract']>('contract/index.js')
export const { loadModule } = await built<Src['load']>('app/load-module.js')
export const { childFlags } = await built<Src['children']>('app/isolate-children.js')
export const { encodeThrown, decodeThrown } = await built<Src['errors']>('app/isolate-errors.js')
export const { defaultModule, setDefaultModule } = await built<Src['defaults']>('app/default-module.js')
export const { findConfig, loadConfig } = await built<Src['config']>('cli/config.js')
