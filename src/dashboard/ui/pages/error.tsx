/**
 * The page of a request that could not be carried out.
 * @module
 */
import { Document } from '../layout.tsx'

/** Says what happened, and leads back. */
export function ErrorView({
  base,
  status,
  title,
  detail,
}: {
  base: string
  status: number
  title: string
  detail: string
}) {
  return (
    <Document base={base} title={title}>
      <body class="plain-page">
        <main class="card narrow" id="main">
          <p class="quiet">{status}</p>
          <h1>{title}</h1>
          <p>{detail}</p>
          <p>
            <a class="button plain" href={`${base}/`}>
              To the overview
            </a>
          </p>
        </main>
      </body>
    </Document>
  )
}
