/**
 * JSON as a tree that can be folded.
 * @module
 */
import { many } from '../format.ts'

const OPEN_DEPTH = 3
const MOST_CHILDREN = 200
const LONG_TEXT = 2_000

/** A value with all that is in it. */
export function Tree({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (Array.isArray(value)) {
    const entries = value.map((one, index) => [String(index), one] as const)
    return <Branch entries={entries} kind={many(value.length, 'item')} depth={depth} />
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return <Branch entries={entries} kind={many(entries.length, 'field')} depth={depth} />
  }
  return <Leaf value={value} />
}

function Branch({
  entries,
  kind,
  depth,
}: {
  entries: readonly (readonly [string, unknown])[]
  kind: string
  depth: number
}) {
  if (entries.length === 0) return <span class="leaf quiet">{kind}</span>
  const shown = entries.slice(0, MOST_CHILDREN)
  return (
    <details class="branch" open={depth < OPEN_DEPTH && entries.length <= 30}>
      <summary>{kind}</summary>
      <dl>
        {shown.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <Tree value={value} depth={depth + 1} />
            </dd>
          </div>
        ))}
      </dl>
      {entries.length > shown.length && <p class="quiet">… and {entries.length - shown.length} more</p>}
    </details>
  )
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string') {
    const text =
      value.length > LONG_TEXT ? `${value.slice(0, LONG_TEXT)}… (${many(value.length, 'character')})` : value
    return <span class="leaf text">{text === '' ? '""' : text}</span>
  }
  if (value === undefined) return <span class="leaf quiet">none</span>
  return <span class={`leaf ${value === null ? 'quiet' : typeof value}`}>{String(value)}</span>
}
