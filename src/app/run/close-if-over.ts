import type { RunStatus } from '../../domain/run.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { resolveIncident } from '../resolve-incident.ts'

/** After these a person has to look at the targets, whatever the alerts say. */
const needsPerson: readonly RunStatus[] = ['unknown', 'rollback_failed']

/**
 * While a run is under way its incident stays open although every alert may have resolved. No alert will come to close it
 * afterwards, so the run's end does. True when the incident is closed.
 */
export const closeIfOver = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  run: { readonly id: string; readonly status: RunStatus },
): Promise<boolean> => {
  if (incident.status === 'resolved') return true
  if (incident.firing > 0 || needsPerson.includes(run.status)) return false
  const why = run.status === 'succeeded' ? `${run.id} healed it` : 'every alert has resolved'
  await resolveIncident(app, tx, out, incident, why)
  return true
}
