/**
 * The app, as the server, the worker and the command line know it. It starts nothing.
 * @module
 */
import { millrace } from 'millrace'
import { sendWelcomeEmail } from './tasks.ts'

export default millrace({
  backend: process.env.MILLRACE_URL ?? 'sqlite:millrace.db',
  tasks: [sendWelcomeEmail],
})
