/**
 * What the client needs; `app/` plugs it in.
 * @module
 */
import type { Backend, Clock, EventBus, MiddlewareHooks } from '../../contract/index.ts'
import type { PrepareRules } from './prepare.ts'

/** The one way to the backend, which may have to be loaded first. */
export interface BackendSource {
  /** The loaded backend; null before that, and once the app is closed. */
  readonly current: Backend | null
  /**
   * The backend, loaded once for all callers.
   * @throws NotRunningError once the app is closed; BackendError where it cannot be loaded.
   */
  open(): Promise<Backend>
}

/** What all parts of the client share. */
export interface ClientContext extends PrepareRules {
  readonly source: BackendSource
  readonly events: EventBus
  readonly clock: Clock
  /** Live list: `app.use` appends. */
  readonly middleware: readonly MiddlewareHooks[]
}
