/**
 * Where the demo's pieces find one another: the main process puts these into the environment of the others.
 * @module
 */

/** The settings of one run. */
export interface DemoSettings {
  /** Folder for the database, thumbnails and the report. */
  readonly folder: string
  readonly smtpPort: number
  readonly apiUrl: string
}

/** The settings, as environment variables for a child process. */
export function toEnvironment(settings: DemoSettings): Record<string, string> {
  return {
    DEMO_FOLDER: settings.folder,
    DEMO_SMTP_PORT: String(settings.smtpPort),
    DEMO_API_URL: settings.apiUrl,
  }
}

/** The settings, out of the environment. @throws Error where one is missing. */
export function fromEnvironment(): DemoSettings {
  const read = (name: string): string => {
    const value = process.env[name]
    if (value === undefined) throw new Error(`${name} is not set; start the demo with \`npm run demo\``)
    return value
  }
  return {
    folder: read('DEMO_FOLDER'),
    smtpPort: Number(read('DEMO_SMTP_PORT')),
    apiUrl: read('DEMO_API_URL'),
  }
}
