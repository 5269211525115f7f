import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, refreshFiring } from '../../storage/incident.repository.ts'
import { liveRunsOfIncident } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { resolveIncident } from '../resolve-incident.ts'
import { showIncidents } from '../show/incident.ts'

/** After alerts changed, of incidents that the caller has locked: counts again, closes what nothing fires for any more, and brings the cards up to date. */
export const settleIncidents = async (
  app: App,
  tx: Tx,
  out: Outbound,
  ids: readonly string[],
): Promise<void> => {
  if (ids.length === 0) return
  const incidents = await refreshFiring(tx, ids)
  const ended: IncidentRow[] = []
  for (const incident of incidents)
    if (incident.firing === 0 && incident.status !== 'resolved' && !(await isBeingHealed(tx, incident)))
      ended.push(incident)
  for (const incident of ended) await resolveIncident(app, tx, out, incident, 'every alert has resolved')
  await showIncidents(
    app,
    tx,
    out,
    incidents.filter((incident) => !ended.includes(incident)),
    new Map(incidents.map((incident) => [incident.id, incident])),
  )
}

/** While a run is under way its own verification decides; a run that waits sees the precondition fail. */
const isBeingHealed = async (tx: Tx, incident: IncidentRow): Promise<boolean> =>
  incident.status === 'healing' && (await liveRunsOfIncident(tx, incident.id)).length > 0
