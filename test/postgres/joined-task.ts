/**
 * The task that both processes of joined.test.ts know.
 * @module
 */
import { task } from '../../src/engine/task.ts'

/** Does nothing: when it starts is what matters. */
export const note = task('note', { run: (_input: { text: string }) => {} })
