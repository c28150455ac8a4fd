/**
 * The dashboard: one web-standard handler with every page, and the hash of a password for its users.
 * @module
 */
export { hashPassword } from './server/access/password.ts'
export { dashboardHandler } from './server/handler.tsx'
export type {
  Access,
  AuditEntry,
  DashboardApp,
  DashboardOptions,
  DashboardToken,
  DashboardUser,
  RedactOptions,
} from './server/options.ts'
