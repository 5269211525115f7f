import { reciprocalPairs, stampWindow } from '../../domain/rubber-stamp.ts'
import { inTenant } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { givenSince, rushedSince } from '../../storage/stamp.repository.ts'
import type { App } from '../app.ts'
import type { PersonRef } from './people.ts'

export interface ApprovalSignals {
  readonly since: string
  /** Below so many milliseconds after the request an approval counts as rushed. */
  readonly rushedUnderMs: number
  /** Newest first. */
  readonly rushed: {
    readonly person: PersonRef
    readonly requester: PersonRef
    readonly requestId: string
    readonly runId: string
    readonly incidentId: string
    readonly afterMs: number
    readonly at: string
    readonly via: string
  }[]
  readonly pairs: { readonly people: PersonRef[]; readonly approvals: number }[]
}

const mostShown = 100

/** Approvals of the last 30 days that look as if nobody had read what they approve. */
export const readApprovalSignals = (app: App, tenantId: string): Promise<ApprovalSignals> =>
  inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const since = tx.now.subtract(stampWindow)
      const [rushed, given] = await Promise.all([rushedSince(tx, since, mostShown), givenSince(tx, since)])
      const pairs = reciprocalPairs(given)
      const refOf = await namesOf(tx, [
        ...rushed.flatMap((row) => [row.person_id, row.requester_id]),
        ...pairs.flatMap(({ people }) => people),
      ])
      return {
        since: since.toString(),
        rushedUnderMs: app.limits.rushedUnderMs,
        rushed: rushed.map((row) => ({
          person: refOf(row.person_id),
          requester: refOf(row.requester_id),
          requestId: row.request_id,
          runId: row.run_id,
          incidentId: row.incident_id,
          afterMs: row.decided_at.epochMilliseconds - row.created_at.epochMilliseconds,
          at: row.decided_at.toString(),
          via: row.via,
        })),
        pairs: pairs.map(({ people, approvals }) => ({ people: people.map(refOf), approvals })),
      }
    },
    { readOnly: true },
  )
