/**
 * Page `audit`: who did what.
 * @module
 */
import type { AuditPage, Frame } from '../../protocol.ts'
import { Empty, PageHead, When } from '../parts/bits.tsx'

/** The latest actions, newest first. */
export function AuditView({ frame, page }: { frame: Frame; page: AuditPage }) {
  return (
    <>
      <PageHead title="Audit" />
      {page.entries.length === 0 ? (
        <Empty title="Nothing was done here yet">
          <p>
            What people do and try on these pages is listed here until this process ends. To keep it, give
            onAudit.
          </p>
        </Empty>
      ) : (
        <div class="card table-card">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">Action</th>
                <th scope="col">On</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {page.entries.map((entry) => (
                <tr>
                  <td class="nowrap">
                    <When at={entry.at} now={frame.now} />
                  </td>
                  <td>{entry.user}</td>
                  <td>
                    <code>{entry.action}</code>
                  </td>
                  <td class="break">{entry.target}</td>
                  <td>{entry.outcome}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
