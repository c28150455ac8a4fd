/**
 * Starts the server here and a worker in a process of its own, and signs somebody up.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'millrace-web-app-'))
process.env.MILLRACE_URL = `sqlite:${join(folder, 'millrace.db')}`

// Only now, since the config reads the address of the store.
const { default: app } = await import('./millrace.config.ts')
const { createWebServer } = await import('./server.ts')

const server = createWebServer(app).listen(0)
const site = `http://localhost:${(server.address() as AddressInfo).port}`
const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
const worker = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' })

const signUp = async (email: string): Promise<{ id: string; outcome: string }> => {
  const response = await fetch(`${site}/sign-ups`, { method: 'POST', body: email })
  console.log(`signing up ${email}: ${response.status}`)
  return (await response.json()) as { id: string; outcome: string }
}

try {
  const { id } = await signUp('ada@example.com')
  const again = await signUp('ada@example.com')
  console.log(again.id === id ? 'the second click is the same job' : 'two mails would be sent')
  await signUp('not an address')

  await app.result(id, { timeout: '20s' })
  const job = (await (await fetch(`${site}/jobs/${id}`)).json()) as { state: string; output: { to: string } }
  console.log(`the mail to ${job.output.to} ${job.state}`)
} finally {
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  server.close()
  await app.close()
  rmSync(folder, { recursive: true, force: true })
}
