import { afterEach, describe, expect, test, vi } from 'vitest'
import { type EventListener, InvalidOptionError, type MillraceEvents } from '../../src/contract/index.ts'
import { createEventBus } from '../../src/kit/event-bus.ts'

const released = { at: 1, id: 'j', task: 't', queue: 'q', attempt: 1, workerId: 'w' }
const boom = () => {
  throw new Error('boom')
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('event bus', () => {
  test('calls listeners in order until they are removed', () => {
    const bus = createEventBus()
    const seen: string[] = []
    const first = bus.on('job:released', ({ id }) => seen.push(`first ${id}`))
    bus.on('job:released', ({ id }) => seen.push(`second ${id}`))
    bus.emit('job:released', released)
    first()
    first()
    bus.emit('job:released', released)
    expect(seen).toEqual(['first j', 'second j', 'second j'])
  })

  test('knows whether somebody listens', () => {
    const bus = createEventBus()
    const listener = () => undefined
    const off = [bus.on('job:released', listener), bus.on('job:released', listener)]
    expect(bus.has('job:released')).toBe(true)
    off[0]!()
    expect(bus.has('job:released')).toBe(true)
    off[1]!()
    expect(bus.has('job:released')).toBe(false)
    expect(bus.has('job:started')).toBe(false)
  })

  test('goes on with its listeners when one removes or adds others', () => {
    const bus = createEventBus()
    const seen: string[] = []
    bus.on('job:released', () => {
      off()
      bus.on('job:released', () => seen.push('late'))
    })
    const off = bus.on('job:released', () => seen.push('removed meanwhile'))
    bus.emit('job:released', released)
    expect(seen).toEqual(['removed meanwhile'])
  })

  test('reports a listener that throws, and calls the others', () => {
    const bus = createEventBus()
    const errors: MillraceEvents['internal:error'][] = []
    const after = vi.fn()
    bus.on('internal:error', (event) => errors.push(event))
    bus.on('job:released', boom)
    bus.on('job:released', after)
    bus.emit('job:released', released)
    expect(after).toHaveBeenCalledOnce()
    expect(errors).toMatchObject([{ during: 'listener of job:released', error: { message: 'boom' } }])
  })

  test('reports an async listener that rejects', async () => {
    const bus = createEventBus()
    const reported = new Promise<MillraceEvents['internal:error']>((resolve) => {
      bus.on('internal:error', resolve)
    })
    const rejecting = async () => boom()
    bus.on('job:released', rejecting as unknown as EventListener<'job:released'>)
    bus.emit('job:released', released)
    expect(await reported).toMatchObject({ during: 'listener of job:released', error: { message: 'boom' } })
  })

  test('warns where nobody listens to errors', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const bus = createEventBus()
    bus.on('job:released', boom)
    bus.emit('job:released', released)
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/listener of job:released failed: .*boom/),
      expect.objectContaining({ type: 'MillraceWarning', detail: expect.stringContaining('boom') }),
    )
  })

  test('warns once where the listener of errors fails too', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const bus = createEventBus()
    bus.on('internal:error', boom)
    bus.on('job:released', boom)
    bus.emit('job:released', released)
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]![0]).toMatch(/listener of internal:error/)
  })

  test('refuses unknown events and listeners that are none', () => {
    const bus = createEventBus()
    expect(() => bus.on('job:start' as 'job:started', boom)).toThrow(InvalidOptionError)
    expect(() => bus.on('job:start' as 'job:started', boom)).toThrow(/Did you mean 'job:started'/)
    expect(() => bus.on('toString' as 'job:started', boom)).toThrow(/no event 'toString'/)
    expect(() => bus.on('job:started', 1 as unknown as () => void)).toThrow(/must be a function, got 1/)
  })
})
