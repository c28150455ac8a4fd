/**
 * Page `login`.
 * @module
 */
import { Document } from '../layout.tsx'
import { Mark } from '../parts/icon.tsx'

/** A form for name and password, or for a token. */
export function LoginView(props: {
  base: string
  users: boolean
  tokens: boolean
  next: string
  error: string | null
}) {
  const { base, users, tokens, next, error } = props
  const secret = !users ? 'Token' : tokens ? 'Password or token' : 'Password'
  return (
    <Document base={base} title="Log in">
      <body class="plain-page">
        <main class="card narrow">
          <h1 class="brand">
            <Mark />
            <span>Millrace</span>
          </h1>
          {error !== null && (
            <p class="notice bad" role="alert">
              {error}
            </p>
          )}
          <form method="post" action={`${base}/login`} class="stack">
            <input type="hidden" name="next" value={next} />
            {users && (
              <label>
                Name{tokens ? ' (leave it empty for a token)' : ''}
                <input name="name" autocomplete="username" required={!tokens} autofocus maxlength={128} />
              </label>
            )}
            <label>
              {secret}
              <input
                name="secret"
                type="password"
                autocomplete="current-password"
                required
                maxlength={1024}
              />
            </label>
            <button type="submit" class="button primary">
              Log in
            </button>
          </form>
        </main>
      </body>
    </Document>
  )
}
