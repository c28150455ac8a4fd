/**
 * Which jobs the address of a page asks for.
 * @module
 */
import type { JobFilter } from '../../../contract/index.ts'
import { type JobQuery, STATES } from '../../protocol.ts'

const LONGEST = 256

/** Reads the query of an address. What makes no sense is left out, as an old bookmark should still lead somewhere. */
export function readQuery(params: URLSearchParams): JobQuery {
  const text = (name: string): string => (params.get(name) ?? '').trim().slice(0, LONGEST)
  const asked = params.getAll('state').flatMap((value) => value.split(','))
  return {
    state: STATES.filter((state) => asked.includes(state)),
    queue: text('queue'),
    task: text('task'),
    tag: text('tag'),
    text: text('q'),
    order: params.get('order') === 'oldest' ? 'oldest' : 'newest',
    after: text('after') || null,
  }
}

/** The same for the store. */
export function filterOf({ state, queue, task, tag, text }: JobQuery): JobFilter {
  return {
    ...(state.length === 0 ? {} : { states: state }),
    ...(queue === '' ? {} : { queues: [queue] }),
    ...(task === '' ? {} : { tasks: [task] }),
    ...(tag === '' ? {} : { tags: [tag] }),
    ...(text === '' ? {} : { text }),
  }
}
