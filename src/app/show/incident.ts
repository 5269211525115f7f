import { dependentsOf } from '../../domain/dependents.ts'
import { incidentCard } from '../../message/incident-card.ts'
import { alertFacesAlong } from '../../storage/alert.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { AlertFaces, IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { type CardInThread, postCards } from './post-cards.ts'

/** Draws the heads of threads anew, many at once: a storm touches a hundred incidents in one commit. */
export const drawIncidents = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incidents: readonly IncidentRow[],
  known?: ReadonlyMap<string, AlertFaces>,
): Promise<CardInThread[]> => {
  if (incidents.length === 0) return []
  const { catalogue, serviceOf } = await app.configuration.of(tx.tenantId)
  const faces =
    known ??
    (await alertFacesAlong(
      tx,
      incidents.map((incident) => incident.id),
    ))
  for (const incident of incidents) out.changed('incident', incident.id)
  return incidents.map((incident) => ({
    key: 'incident',
    kind: 'incident' as const,
    incidentId: incident.id,
    service: incident.service,
    card: incidentCard({
      incident: {
        id: incident.id,
        service: incident.service,
        severity: incident.severity,
        title: incident.title,
        summary: incident.summary,
        status: incident.status,
        openedAt: incident.opened_at,
        resolvedAt: incident.resolved_at,
        flaps: incident.flaps,
      },
      alerts: { firing: incident.firing, total: faces.get(incident.id)?.total ?? incident.firing },
      links: faces.get(incident.id)?.links ?? [],
      dependents:
        incident.service === null || serviceOf(incident.service) === undefined
          ? null
          : dependentsOf(catalogue, incident.service),
    }),
  }))
}

export const showIncidents = async (...given: Parameters<typeof drawIncidents>): Promise<void> => {
  const [app, tx, out] = given
  await postCards(app, tx, out, await drawIncidents(...given))
}
