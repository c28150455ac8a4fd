/**
 * Mailing the report to one subscriber. The mail leaves at most once, however often the job runs.
 * @module
 */
import { task } from 'millrace'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { fromEnvironment } from '../settings.ts'

/** Sends the finished report as an attachment. */
export const sendReport = task('send-report', {
  queue: 'mail',
  input: z.object({ to: z.email(), report: z.string() }),
  timeout: '20s',
  retry: { attempts: 5, delay: 200 },
  async run({ to, report }, job) {
    const messageId = await job.once('mail', async () => {
      const transport = createTransport({
        host: '127.0.0.1',
        port: fromEnvironment().smtpPort,
        ignoreTLS: true,
      })
      try {
        const sent = await transport.sendMail({
          from: 'reports@example.com',
          to,
          subject: 'Cities of the world',
          text: 'The report you asked for is attached.',
          attachments: [{ filename: 'report.pdf', path: report }],
        })
        return sent.messageId
      } finally {
        transport.close()
      }
    })
    job.log.info('sent', { to, messageId })
    return { messageId }
  },
})
