/**
 * All cases.
 * @module
 */
import type { ConformanceCase } from '../harness.ts'
import { againCases } from './again.ts'
import { backlogCases } from './backlog.ts'
import { beginCases } from './begin.ts'
import { changeCases } from './changes.ts'
import { checkpointCases } from './checkpoints.ts'
import { claimCases } from './claim.ts'
import { controlCases } from './control.ts'
import { enqueueCases } from './enqueue.ts'
import { expiryCases } from './expiry.ts'
import { holdingCases } from './holding.ts'
import { lifecycleCases } from './lifecycle.ts'
import { limitCases } from './limits.ts'
import { metricCases } from './metrics.ts'
import { moveCases } from './move.ts'
import { payloadCases } from './payloads.ts'
import { pruneCases } from './prune.ts'
import { recordCases } from './records.ts'
import { rescueCases } from './rescue.ts'
import { scheduleCases } from './schedules.ts'
import { firingCases } from './schedules-firings.ts'
import { fencingCases, settleCases } from './settle.ts'
import { togetherCases } from './together.ts'
import { transactionCases } from './transaction.ts'
import { transitionCases } from './transitions.ts'
import { uniqueCases } from './unique.ts'
import { uniqueConflictCases } from './unique-conflict.ts'
import { wakeCases } from './wake.ts'

/** What a backend has to do, in the order in which a new backend's author will want to get them to pass. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...lifecycleCases,
  ...enqueueCases,
  ...payloadCases,
  ...claimCases,
  ...settleCases,
  ...fencingCases,
  ...againCases,
  ...rescueCases,
  ...togetherCases,
  ...beginCases,
  ...holdingCases,
  ...expiryCases,
  ...wakeCases,
  ...recordCases,
  ...changeCases,
  ...pruneCases,
  ...uniqueCases,
  ...uniqueConflictCases,
  ...checkpointCases,
  ...controlCases,
  ...limitCases,
  ...metricCases,
  ...moveCases,
  ...scheduleCases,
  ...firingCases,
  ...transitionCases,
  ...backlogCases,
  ...transactionCases,
]
