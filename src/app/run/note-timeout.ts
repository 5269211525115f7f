import { reject } from '../../domain/rejection.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'

/** The whole-run deadline cites its rule once, whoever held the run to it: its worker, another one, or the watchdog. */
export const noteTimeout = (out: Outbound, run: RunRow, by: 'worker' | 'watchdog', reason: string): void => {
  refused(
    out,
    { actor: 'person_suture', subject: run.id, incidentId: run.incident_id, command: 'watchdog' },
    reject(
      'timeout_watchdog',
      `${run.id} was ended by ${by === 'worker' ? 'its deadline' : 'the watchdog'}: ${reason}.`,
      'Look at the targets, then request again.',
      {
        facts: {
          budget_ms: run.budget_ms,
          deadline: run.deadline_at?.toString() ?? null,
          worker: run.worker_id,
        },
      },
    ),
  )
}
