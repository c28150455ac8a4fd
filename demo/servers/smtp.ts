/**
 * A real SMTP server on a private port that keeps what it is sent.
 * @module
 */
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** One mail that arrived. */
export interface ReceivedMail {
  readonly to: string
  readonly subject: string
  readonly attachmentBytes: number
}

/** A running mail server. */
export interface MailServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  stop(): Promise<void>
}

/** Starts the server on a free port of the loopback interface. */
export async function startMailServer(): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      simpleParser(stream).then(
        (mail) => {
          const attachmentBytes = mail.attachments.reduce((sum, attachment) => sum + attachment.size, 0)
          for (const recipient of session.envelope.rcptTo) {
            received.push({ to: recipient.address, subject: mail.subject ?? '', attachmentBytes })
          }
          done()
        },
        (error: Error) => done(error),
      )
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port')
  return {
    port: address.port,
    received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
