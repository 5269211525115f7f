import type { CardAction } from '../../domain/card.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showIncidents } from '../show/incident.ts'
import { showNotice } from '../show/notice.ts'

/**
 * Suture can do no more by itself, says why, and a person takes over. `lookAgainAt` is when Suture may do something again: it
 * looks anew then, unless the person has said that it is theirs.
 */
export const escalate = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  why: string,
  lookAgainAt: Temporal.Instant | null = null,
  actions: readonly CardAction[] = [],
): Promise<IncidentRow> => {
  const moved = await moveIncident(tx, incident, 'escalated')
  const escalated =
    lookAgainAt === null && moved.look_again_at === null ? moved : await setLookAgain(tx, moved, lookAgainAt)
  if (lookAgainAt !== null) out.effect({ kind: 'heal', key: incident.id, dueAt: lookAgainAt })
  out.audit(
    {
      event: 'incident_escalated',
      actor: 'person_suture',
      subject: incident.id,
      details: {
        why,
        from: incident.status,
        ...(lookAgainAt === null ? {} : { look_again_at: lookAgainAt.toString() }),
      },
    },
    incident.id,
  )
  await showNotice(app, tx, out, escalated, {
    key: `escalated-${escalated.version}`,
    title: 'A person is needed',
    text: why,
    tone: 'warning',
    actions,
    ...(lookAgainAt === null ? {} : { lookAgainAt: lookAgainAt.toString() }),
  })
  await showIncidents(app, tx, out, [escalated])
  return escalated
}

const setLookAgain = (tx: Tx, incident: IncidentRow, at: Temporal.Instant | null): Promise<IncidentRow> =>
  tx.db
    .updateTable('incident')
    .set({ look_again_at: at, version: incident.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', incident.id)
    .returningAll()
    .executeTakeFirstOrThrow()
