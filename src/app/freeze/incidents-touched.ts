import type { Tx } from '../../storage/database.ts'
import type { FreezeRow } from '../../storage/freeze.repository.ts'
import { type IncidentRow, incidentsToldOfFreeze } from '../../storage/incident.repository.ts'
import type { Configuration } from '../app.ts'

/** In more threads than these nobody reads the same sentence. */
const mostThreads = 100

/** Open incidents that a freeze is about, the newest first. */
export const incidentsTouched = (
  tx: Tx,
  { services, playbooks, owners }: Pick<FreezeRow, 'services' | 'playbooks' | 'owners'>,
  { catalogue }: Configuration,
): Promise<IncidentRow[]> => {
  const named =
    owners === null
      ? services
      : catalogue.services.filter(({ owner }) => owners.includes(owner)).map(({ name }) => name)
  let open = tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '<>', 'resolved')
  if (named !== null) open = open.where((eb) => eb('service', '=', eb.fn.any(eb.val(named))))
  if (playbooks !== null)
    open = open.where((eb) =>
      eb.exists(
        eb
          .selectFrom('proposal')
          .select('proposal.id')
          .whereRef('proposal.tenant_id', '=', 'incident.tenant_id')
          .whereRef('proposal.incident_id', '=', 'incident.id')
          .where('proposal.withdrawn_at', 'is', null)
          .where((of) => of('proposal.playbook', '=', of.fn.any(of.val(playbooks)))),
      ),
    )
  return open.orderBy('opened_at', 'desc').limit(mostThreads).execute()
}

/** Incidents in whose threads it was announced, whether they are open still or not. */
export const incidentsTold = (tx: Tx, { id, begins_at: since }: FreezeRow): Promise<IncidentRow[]> =>
  incidentsToldOfFreeze(tx, id, since)
