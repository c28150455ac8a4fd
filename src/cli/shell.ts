/**
 * The world around a command, as a value, so that a test can run a command inside its own process.
 * @module
 */

/** A stream that text is written to, and what is known of the terminal behind it. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Where the text of `-` and answers to questions come from. */
type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }

/** Streams, environment and folder of one run of the command. */
export interface Shell {
  readonly stdin: InputStream
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** The shell of this process. */
export function processShell(): Shell {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
  }
}
