/**
 * What a job carries, or why it cannot be shown.
 * @module
 */
import type { PayloadView } from '../../protocol.ts'
import { many } from '../format.ts'
import { Tree } from './tree.tsx'

/** A card with the value as a tree. */
export function Payload({ title, payload }: { title: string; payload: PayloadView }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {payload.trouble === null ? (
        <div class="tree">
          <Tree value={payload.value} />
        </div>
      ) : (
        <p class="notice bad">It cannot be read here: {payload.trouble}</p>
      )}
      {payload.hidden > 0 && (
        <p class="quiet small">{many(payload.hidden, 'value')} hidden, since the name looks like a secret.</p>
      )}
    </section>
  )
}
