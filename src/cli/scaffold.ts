/**
 * The files of a new project.
 * @module
 */

/** By the ending of its files. */
export type ScaffoldLanguage = 'ts' | 'js' | 'mjs'

/** One file, its path relative to the project's folder. */
export interface ScaffoldFile {
  readonly path: string
  readonly text: string
}

/** The config first. */
export function scaffold(language: ScaffoldLanguage): readonly ScaffoldFile[] {
  return [
    { path: `millrace.config.${language}`, text: config(language) },
    { path: `tasks/send-welcome-email.${language}`, text: language === 'ts' ? typedTask : plainTask },
  ]
}

function config(language: ScaffoldLanguage): string {
  return `import { millrace } from 'millrace'
import { sendWelcomeEmail } from './tasks/send-welcome-email.${language}'

export default millrace({
  backend: process.env.MILLRACE_URL ?? 'sqlite:millrace.db',
  tasks: [sendWelcomeEmail],
})
`
}

const HANDLER = `    job.log.info('sending', { to })
    job.progress(50, 'connecting')
    // The key is the same for every attempt: a mail service that takes idempotency keys sends it once.
    return { messageId: job.idempotencyKey }`

const typedTask = `import { task } from 'millrace'

/** Sends the mail a new user gets. */
export const sendWelcomeEmail = task('send-welcome-email', {
  retry: { attempts: 5, backoff: 'exponential', delay: '5s', maxDelay: '10m' },
  timeout: '30s',
  // With \`input: z.object({ to: z.email() })\`, or any other Standard Schema, the input is checked as well.
  async run({ to }: { to: string }, job) {
${HANDLER}
  },
})
`

const plainTask = `import { task } from 'millrace'

/** Sends the mail a new user gets. */
export const sendWelcomeEmail = task('send-welcome-email', {
  retry: { attempts: 5, backoff: 'exponential', delay: '5s', maxDelay: '10m' },
  timeout: '30s',
  // With \`input: z.object({ to: z.email() })\`, or any other Standard Schema, the input is checked.
  async run({ to }, job) {
${HANDLER}
  },
})
`
