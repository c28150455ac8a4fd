/**
 * All state of a memory backend, and the few primitive moves by which it changes.
 *
 * Whoever changes a row lifts it out of the lines and counts, changes it, and drops it where it then belongs:
 * nothing else has to be kept in step by hand.
 * @module
 */
import type { ClaimRef, Clock, Command, FinishReason, JobError, WorkerInfo } from '../../contract/index.ts'
import { NotRunningError } from '../../contract/index.ts'
import { Journal } from './journal.ts'
import { Line } from './line.ts'
import { QueueLines } from './queue-lines.ts'
import type { Row } from './row.ts'
import { Wakes } from './wakes.ts'

/** A worker that was heard of, alive or not. */
export interface WorkerEntry {
  info: WorkerInfo
  seenAt: number
  /** On the monotonic clock, so that a jump of the wall clock neither ends nor prolongs a lease. */
  leaseEnds: number
}

/** The state. */
export class Store {
  readonly wakes = new Wakes()
  readonly jobs = new Map<string, Row>()
  readonly journal = new Journal()
  readonly queues = new Map<string, QueueLines>()
  readonly paused = new Set<string>()
  /** Finished jobs by the time they finished, for pruning. */
  readonly finished = { succeeded: new Line<Row>(), failed: new Line<Row>(), cancelled: new Line<Row>() }
  /** The job that took each unique key last; whether it still holds it depends on its state and the time. */
  readonly keys = new Map<string, Row>()
  readonly workers = new Map<string, WorkerEntry>()
  readonly commands = new Map<string, Command[]>()
  /** Active jobs by the worker that runs them. */
  readonly held = new Map<string, Set<Row>>()
  readonly clock: Clock
  #seq = 0
  #token = 0
  #closed = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  now(): number {
    return this.clock.now()
  }

  nextSeq(): number {
    this.#seq += 1
    return this.#seq
  }

  /** Tokens grow over the whole store, so that an id which is deleted and used again is fenced too. */
  nextToken(): number {
    this.#token += 1
    return this.#token
  }

  queue(name: string): QueueLines {
    let lines = this.queues.get(name)
    if (lines === undefined) {
      lines = new QueueLines()
      this.queues.set(name, lines)
    }
    return lines
  }

  /** The job that runs under this claim; undefined where the claim is no longer the current one. */
  running(claim: Pick<ClaimRef, 'id' | 'token'>): Row | undefined {
    const row = this.jobs.get(claim.id)
    return row !== undefined && row.state === 'active' && row.token === claim.token ? row : undefined
  }

  isLive(workerId: string): boolean {
    const worker = this.workers.get(workerId)
    return worker !== undefined && this.clock.monotonic() < worker.leaseEnds
  }

  /** Lets a new row in. */
  add(row: Row): void {
    this.jobs.set(row.id, row)
    this.journal.add(row)
    this.drop(row)
  }

  /** Removes a row and all that is kept with it. */
  remove(row: Row): void {
    this.lift(row)
    this.jobs.delete(row.id)
    row.removed = true
    this.journal.remove()
    if (row.unique !== null && this.keys.get(row.unique.key) === row) this.keys.delete(row.unique.key)
    this.wakes.settled()
  }

  /** Takes a row out of the lines and counts, so that it can be changed. */
  lift(row: Row): void {
    this.queue(row.queue).count(row.state, -1)
    if (row.line !== null && row.place !== null) row.line.remove(row.place)
    if (row.state === 'active' && row.worker !== null) this.#release(row, row.worker)
    row.line = null
    row.place = null
  }

  /** Puts a row where its state, queue, priority and times say, and wakes who may care. */
  drop(row: Row): void {
    const queue = this.queue(row.queue)
    queue.count(row.state, 1)
    switch (row.state) {
      case 'pending':
        this.#stand(row, queue.ready(row.priority), row.dueAt)
        this.wakes.jobs(row.queue)
        break
      case 'scheduled':
      case 'retrying':
        this.#stand(row, queue.delayed, row.dueAt)
        this.wakes.jobs(row.queue)
        break
      case 'succeeded':
      case 'failed':
      case 'cancelled':
        this.#stand(row, this.finished[row.state], row.finishedAt ?? row.createdAt)
        this.wakes.settled()
        break
      case 'active':
        this.#hold(row, row.worker ?? '')
        break
      case 'blocked':
        break // Stands nowhere: nothing ever looks for it.
    }
  }

  /** Ends a row's life in a terminal state. */
  finish(
    row: Row,
    state: keyof Store['finished'],
    reason: FinishReason | null,
    error: JobError | null,
  ): void {
    this.lift(row)
    row.state = state
    row.reason = reason
    row.error = error
    row.finishedAt = this.now()
    this.drop(row)
  }

  /** @throws NotRunningError after `close`. */
  assertOpen(): void {
    if (!this.#closed) return
    throw new NotRunningError(
      'This memory backend is closed, and what it held is gone. Make a new one with memory().',
    )
  }

  close(): void {
    this.#closed = true
    this.wakes.close()
  }

  #stand(row: Row, line: Line<Row>, at: number): void {
    row.line = line
    row.place = line.add(row, at, row.seq)
  }

  #hold(row: Row, workerId: string): void {
    const rows = this.held.get(workerId)
    if (rows === undefined) this.held.set(workerId, new Set([row]))
    else rows.add(row)
  }

  #release(row: Row, workerId: string): void {
    const rows = this.held.get(workerId)
    rows?.delete(row)
    if (rows?.size === 0) this.held.delete(workerId)
  }
}
