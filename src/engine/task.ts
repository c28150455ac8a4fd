/**
 * `task()`: one object that is a job's name, its types, its policy and, where it has one, its handler.
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type {
  BatchHandler,
  BatchItem,
  BatchResult,
  Handler,
  Job,
  Task,
  TaskOptions,
} from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { show } from '../kit/show.ts'
import { checkTaskOptions } from './task-options.ts'

/** What a handler answers: what the output schema takes, or, where there is none, whatever it returns. */
type Returned<OutputSchema, Result> = OutputSchema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<OutputSchema>
  : Result

/** What `app.result()` answers. */
type Stored<OutputSchema, Result> = OutputSchema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<OutputSchema>
  : Result

/**
 * The output type of the job in a handler's hand. It does not mention the handler's own result: the compiler
 * would have to know that before it has read the handler, and would give up on inferring it.
 */
type Declared<OutputSchema> = OutputSchema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<OutputSchema>
  : unknown

/** The options of {@link task}, in the form from which types are inferred. */
export type TaskDefinition<Input, RawInput, OutputSchema, Result> = Omit<
  TaskOptions<NoInfer<RawInput>, never>,
  'input' | 'output' | 'run' | 'runMany'
> & {
  /** Any Standard Schema (zod, valibot, arktype, …). Checked at enqueue and again before the handler runs. */
  readonly input?: StandardSchemaV1<RawInput, Input>
  /** Checked before the output is stored. */
  readonly output?: OutputSchema & StandardSchemaV1
  /** Runs one job. Not together with `runMany`. */
  run?(
    input: Input,
    job: Job<Declared<OutputSchema>>,
  ): Returned<OutputSchema, Result> | Promise<Returned<OutputSchema, Result>>
  /** Runs many jobs at once; answers one result per item, in order. */
  runMany?(
    items: readonly BatchItem<Input, Declared<OutputSchema>>[],
  ):
    | readonly BatchResult<Returned<OutputSchema, Result>>[]
    | Promise<readonly BatchResult<Returned<OutputSchema, Result>>[]>
}

class DefinedTask<Name extends string, RawInput, Input, Output, RawOutput>
  implements Task<Name, RawInput, Input, Output, RawOutput>
{
  readonly name: Name
  readonly options: TaskOptions<Input, Output>
  readonly runnable: boolean

  constructor(name: Name, options: TaskOptions<Input, Output>) {
    this.name = name
    this.options = options
    this.runnable = options.run !== undefined || options.runMany !== undefined
  }

  handle(run: Handler<Input, RawOutput>): Task<Name, RawInput, Input, Output, RawOutput> {
    return this.#with('run', run)
  }

  handleMany(runMany: BatchHandler<Input, RawOutput>): Task<Name, RawInput, Input, Output, RawOutput> {
    return this.#with('runMany', runMany)
  }

  #with(field: 'run' | 'runMany', handler: unknown): Task<Name, RawInput, Input, Output, RawOutput> {
    const details = { task: this.name }
    if (this.runnable) {
      throw new InvalidOptionError(field, `Task '${this.name}' has a handler already.`, details)
    }
    if (typeof handler !== 'function') {
      throw new InvalidOptionError(
        field,
        `The handler of task '${this.name}' must be a function, got ${show(handler)}.`,
        details,
      )
    }
    return makeTask(this.name, { ...this.options, [field]: handler })
  }
}

function makeTask<Name extends string, RawInput, Input, Output, RawOutput>(
  name: Name,
  options: TaskOptions<Input, Output>,
): Task<Name, RawInput, Input, Output, RawOutput> {
  checkTaskOptions(name, options)
  return new DefinedTask(name, Object.freeze({ ...options }))
}

/**
 * Defines a task. Callers give the raw input of its `input` schema, the handler gets the parsed one; the output
 * is what the `output` schema makes of the handler's answer or, without one, the handler's return type.
 *
 * Without an `input` schema, the input is what the handler's parameter is declared as, unchecked, or nothing.
 * Without a handler, this is a declaration: a producer imports it and enqueues, and `declaration.handle(fn)`
 * lives with the worker.
 *
 * @param name 1 to 128 characters. It is stored with every job: to rename a task, keep the old name in `aliases`.
 * @throws InvalidOptionError where an option is wrong or does not exist.
 * @example
 * export const sendWelcomeEmail = task('send-welcome-email', {
 *   input: z.object({ userId: z.number() }),
 *   retry: { attempts: 5, delay: '5s' },
 *   async run({ userId }, job) {
 *     job.log.info('sending', { userId })
 *     return { messageId: await send(userId) }
 *   },
 * })
 */
export function task<
  const Name extends string,
  Input = undefined,
  RawInput = Input,
  OutputSchema extends StandardSchemaV1 | undefined = undefined,
  Result = unknown,
>(
  name: Name,
  options: TaskDefinition<Input, RawInput, OutputSchema, Result> = {},
): Task<Name, RawInput, Input, Stored<OutputSchema, Result>, Returned<OutputSchema, Result>> {
  // The two types say the same of one object; only this one can be inferred from, and only that one be read.
  return makeTask(name, options as unknown as TaskOptions<Input, Stored<OutputSchema, Result>>)
}

/** What a declaration of {@link task.of} may say: its types are given, and its handler lives elsewhere. */
type DeclarationOptions<Input, Output> = Omit<
  TaskOptions<Input, Output>,
  'input' | 'output' | 'run' | 'runMany'
>

/**
 * Declares a task without schemas: its types are given by hand, and nothing checks them when it runs. The handler
 * is attached where the worker lives, with `declaration.handle(fn)`.
 *
 * The types are given in a call of their own, since TypeScript cannot infer the name beside them.
 *
 * @throws InvalidOptionError where an option is wrong or does not exist.
 * @example
 * export const countWords = task.of<{ text: string }, number>()('count-words', { queue: 'texts' })
 */
task.of =
  <Input, Output>() =>
  <const Name extends string>(
    name: Name,
    options: DeclarationOptions<Input, Output> = {},
  ): Task<Name, Input, Input, Output> =>
    makeTask<Name, Input, Input, Output, Output>(name, options)
