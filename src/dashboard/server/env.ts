/**
 * What the guards found out about a request.
 * @module
 */
import type { Visitor } from './access/guard.ts'

/** Variables of a request's context. */
export interface Env {
  Variables: { visitor: Visitor }
}
