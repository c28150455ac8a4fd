/**
 * A button that does something: a form of its own, which works without a script.
 * @module
 */
import type { Child } from 'hono/jsx'
import { allows, type Frame, type Role } from '../../protocol.ts'

/** What it does, to what, and who may. */
export interface ActProps {
  readonly frame: Frame
  readonly action: string
  readonly needs: Role
  readonly fields: Readonly<Record<string, string>>
  /** Where to go on afterwards, below the base. */
  readonly back: string
  readonly tone?: 'plain' | 'primary' | 'danger'
  /** Asked before it is done. */
  readonly confirm?: string
  /** What a screen reader says, where the label alone does not tell. */
  readonly label?: string
  readonly children: Child
}

/** The button; nothing for those who may not. */
export function Act(props: ActProps) {
  const { frame, action, needs, fields, back, tone = 'plain', confirm, label, children } = props
  if (!allows(frame.role, needs)) return null
  return (
    <form class="act" method="post" action={`${frame.base}/do/${action}`} data-confirm={confirm}>
      <Proof frame={frame} back={back} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={`button ${tone}`} aria-label={label}>
        {children}
      </button>
    </form>
  )
}

/** The hidden fields that every form needs. */
export function Proof({ frame, back }: { frame: Frame; back: string }) {
  return (
    <>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="back" value={back} />
    </>
  )
}
