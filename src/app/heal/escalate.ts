import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showIncidents } from '../show/incident.ts'
import { showNotice } from '../show/notice.ts'

/** Suture can do no more by itself, says why, and a person takes over. */
export const escalate = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  why: string,
): Promise<IncidentRow> => {
  const escalated = await moveIncident(tx, incident, 'escalated')
  out.audit(
    {
      event: 'incident_escalated',
      actor: 'person_suture',
      subject: incident.id,
      details: { why, from: incident.status },
    },
    incident.id,
  )
  await showNotice(app, tx, out, escalated, {
    key: `escalated-${escalated.version}`,
    title: 'A person is needed',
    text: why,
    tone: 'warning',
  })
  await showIncidents(app, tx, out, [escalated])
  return escalated
}
