/**
 * From a call to the job that is stored. The hot path of a producer: it runs for every job, and everything that
 * does not depend on the job has been worked out before (`TaskPolicy`).
 * @module
 */
import type {
  AnyTask,
  EnqueueOptions,
  NewJob,
  RetryOptions,
  RetryRule,
  UniqueRule,
} from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { newId } from '../../kit/ids.ts'
import { encodeJson } from '../../kit/json.ts'
import { writePayload } from '../../kit/payload.ts'
import { resolveRetry } from '../job-options.ts'
import { checkInput, type PayloadRules } from '../payloads.ts'
import type { TaskRegistry } from '../registry.ts'
import { mergeGiven, type TaskPolicy } from '../resolve.ts'
import { makeUniqueRule, type UniqueSpec } from '../unique-key.ts'
import { type CallOptions, readCallOptions } from './call-options.ts'

/** Retry options that a stored rule is made of. */
const RULE_FIELDS = ['backoff', 'delay', 'maxDelay', 'jitter'] as const

const BY_FUNCTION = 'The task computes its delays by a function, which these options cannot change'

/** What jobs are prepared with. */
export interface PrepareRules extends PayloadRules {
  readonly registry: TaskRegistry
}

/**
 * Checks and encodes one call. A promise is only answered where the task's schema is asynchronous.
 * @throws InvalidOptionError InvalidPayloadError PayloadTooLargeError
 */
export function prepareJob(
  rules: PrepareRules,
  task: AnyTask,
  input: unknown,
  options: EnqueueOptions<never> | undefined,
): NewJob | Promise<NewJob> {
  const policy = rules.registry.policy(task)
  const call = options === undefined ? null : readCallOptions(options)
  const json = encodeJson(input, policy.inputName)
  const checking = policy.checksInput ? checkInput(task, input, json) : null
  if (checking !== null) return checking.then(() => makeJob(rules, policy, call, input, json))
  return makeJob(rules, policy, call, input, json)
}

function makeJob(
  rules: PrepareRules,
  policy: TaskPolicy,
  call: CallOptions | null,
  input: unknown,
  json: string,
): NewJob {
  const payload = writePayload(rules.codecs, json, rules.maxPayloadBytes, policy.inputName)
  if (call !== null) return calledJob(policy, call, payload, input, json)
  const unique = policy.unique === null ? null : makeUniqueRule(policy.unique, policy.name, input, json)
  return plainJob(policy, payload, unique)
}

/** Written out, with every field in the contract's order: all jobs keep one hidden class. */
function plainJob(policy: TaskPolicy, payload: string, unique: UniqueRule | null): NewJob {
  return {
    id: newId(),
    task: policy.name,
    queue: policy.queue,
    priority: policy.priority,
    payload,
    version: policy.version,
    maxAttempts: policy.maxAttempts,
    delayMs: 0,
    dueAt: null,
    expiresInMs: policy.expiresInMs,
    expiresAt: null,
    timeoutMs: null,
    retry: null,
    tags: policy.tags,
    meta: policy.meta,
    unique,
  }
}

function calledJob(
  policy: TaskPolicy,
  call: CallOptions,
  payload: string,
  input: unknown,
  json: string,
): NewJob {
  const { layer, expires } = call
  const spec: UniqueSpec | null = call.unique === undefined ? policy.unique : call.unique
  const retry = layer.retry === undefined ? null : overrideRetry(policy, layer.retry)
  return {
    id: call.id ?? newId(),
    task: policy.name,
    queue: layer.queue ?? policy.queue,
    priority: layer.priority ?? policy.priority,
    payload,
    version: policy.version,
    maxAttempts: retry === null ? policy.maxAttempts : retry.maxAttempts,
    delayMs: call.delayMs,
    dueAt: call.dueAt,
    expiresInMs: expires === undefined ? policy.expiresInMs : expires.inMs,
    expiresAt: expires === undefined ? null : expires.at,
    timeoutMs: layer.timeoutMs ?? null,
    retry: retry === null ? null : retry.rule,
    tags: layer.tags ?? policy.tags,
    meta: layer.meta === undefined ? policy.meta : mergeGiven(policy.meta ?? undefined, layer.meta),
    unique: spec === null ? null : makeUniqueRule(spec, policy.name, input, json),
  }
}

interface RetryOverride {
  readonly maxAttempts: number
  /** Null where the call only changes how often, so that the task's own rule goes on to hold. */
  readonly rule: RetryRule | null
}

/** A call's retry options over the task's. */
function overrideRetry(policy: TaskPolicy, given: RetryOptions): RetryOverride {
  const { maxAttempts, rule, backoff } = resolveRetry(mergeGiven(policy.retryOptions, given))
  if (RULE_FIELDS.every((field) => given[field] === undefined)) return { maxAttempts, rule: null }
  if (backoff === null) return { maxAttempts, rule }
  const whose = typeof given.backoff === 'function' ? 'A function cannot be stored with the job' : BY_FUNCTION
  throw new InvalidOptionError('retry.backoff', `${whose}: set it on the task, or name a backoff here.`, {
    task: policy.name,
  })
}
