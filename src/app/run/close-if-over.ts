import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { resolveIncident } from '../resolve-incident.ts'
import { showNotice } from '../show/notice.ts'
import { neverUndid } from './never-undid.ts'

type Ended = Pick<RunRow, 'id' | 'status' | 'reason' | 'undo_of' | 'started_at'>

/** After these a person has to look at the targets, whatever the alerts say. */
const leftInDoubt = ({ status }: Ended): boolean => status === 'unknown' || status === 'rollback_failed'

/**
 * While a run is under way its incident stays open although every alert may have resolved. No alert will come to close it
 * afterwards, so the run's end does. True when the incident is closed.
 */
export const closeIfOver = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  run: Ended,
): Promise<boolean> => {
  if (incident.status === 'resolved') {
    // It can't be escalated any more, and is looked at by nobody.
    if (leftInDoubt(run))
      await showNotice(app, tx, out, incident, {
        key: `in-doubt/${run.id}`,
        title: 'A person is needed',
        text: `${run.id} ended ${run.status.replaceAll('_', ' ')}: ${run.reason}.`,
        tone: 'warning',
      })
    return true
  }
  if (incident.firing > 0 || leftInDoubt(run) || neverUndid(run)) return false
  const why = run.status === 'succeeded' ? `${run.id} healed it` : 'every alert has resolved'
  await resolveIncident(app, tx, out, incident, why)
  return true
}
