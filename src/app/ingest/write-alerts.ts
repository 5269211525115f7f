import type { Alert, AlertSourceName, RejectedAlert } from '../../domain/alert.ts'
import { supersedes } from '../../domain/occurrence.ts'
import type { AlertState } from '../../storage/alert.repository.ts'
import {
  bumpAlerts,
  insertAlerts,
  keepAside,
  lockAlerts,
  updateAlerts,
} from '../../storage/alert.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { type FoldedAlert, foldByFingerprint, groupAlerts } from './aggregate.ts'
import { openIncidents } from './open-incidents.ts'
import { RaceLost } from './race-lost.ts'
import { settleIncidents } from './settle-incidents.ts'

export interface IngestRequest {
  readonly tenantId: string
  readonly source: AlertSourceName
  readonly alerts: readonly Alert[]
  readonly keptAside: readonly (RejectedAlert & { readonly payload: string })[]
}

export interface IngestReceipt {
  readonly received: number
  /** Alerts that were not known before. */
  readonly created: number
  /** Copies and late arrivals that changed nothing. */
  readonly unchanged: number
  readonly incidents: readonly string[]
  readonly keptAside: number
}

/** One transaction for a batch of requests of one tenant. */
export const writeAlerts = async (app: App, requests: readonly IngestRequest[]): Promise<IngestReceipt[]> => {
  const [first] = requests
  if (first === undefined) return []
  const { serviceOf } = await app.configuration.of(first.tenantId)
  const named = requests.map((request) => ({
    ...request,
    alerts: request.alerts.map((alert) => withCatalogueName(alert, serviceOf)),
  }))
  return commit(app, first.tenantId, async (tx, out) => {
    const folded = foldByFingerprint(named.flatMap((request) => request.alerts))
    const known = new Map(
      (
        await lockAlerts(
          tx,
          folded.map((each) => each.alert.fingerprint),
        )
      ).map((row) => [row.fingerprint, row]),
    )
    const plan = planBatch(folded, known)
    const incidentOf = await openIncidents(app, tx, out, groupAlerts(plan.needIncident))
    const place = (each: FoldedAlert): string | null =>
      incidentOf.get(each.alert.fingerprint) ?? known.get(each.alert.fingerprint)?.incidentId ?? null
    if (
      (await insertAlerts(
        tx,
        plan.created.map((each) => ({ ...each, incidentId: place(each) })),
      )) !== plan.created.length
    )
      throw new RaceLost('an alert of this batch was inserted by another writer')
    await updateAlerts(
      tx,
      plan.changed.map((each) => ({ ...each, incidentId: place(each) })),
    )
    await bumpAlerts(tx, plan.repeated)
    const touched = new Set([...plan.created, ...plan.changed].map(place).filter((id) => id !== null))
    await settleIncidents(app, tx, out, [...touched].sort(), new Set(incidentOf.values()))
    await keepAside(
      tx,
      app.ids.uuid,
      named.flatMap((request) => request.keptAside.map((each) => ({ ...each, source: request.source }))),
    )
    return named.map((request) => receiptOf(request, plan, place, out, tx))
  })
}

/** In UTF-16 units. A label longer than that is no name: nobody would look it up, and no index of PostgreSQL holds it. */
const longestService = 200

const withCatalogueName = (
  alert: Alert,
  serviceOf: (label: string) => { name: string } | undefined,
): Alert => {
  if (alert.service === null) return alert
  const name = serviceOf(alert.service)?.name
  if (name === undefined) return alert.service.length > longestService ? { ...alert, service: null } : alert
  return name === alert.service ? alert : { ...alert, service: name }
}

interface BatchPlan {
  readonly created: FoldedAlert[]
  readonly changed: FoldedAlert[]
  readonly repeated: FoldedAlert[]
  /** Alerts that fire anew and belong to no open incident yet. */
  readonly needIncident: Alert[]
  readonly createdFingerprints: Set<string>
  readonly changedFingerprints: Set<string>
}

const planBatch = (folded: readonly FoldedAlert[], known: ReadonlyMap<string, AlertState>): BatchPlan => {
  const plan: BatchPlan = {
    created: [],
    changed: [],
    repeated: [],
    needIncident: [],
    createdFingerprints: new Set(),
    changedFingerprints: new Set(),
  }
  for (const each of folded) {
    const current = known.get(each.alert.fingerprint)
    if (current === undefined) {
      plan.created.push(each)
      plan.createdFingerprints.add(each.alert.fingerprint)
      if (each.alert.status === 'firing') plan.needIncident.push(each.alert)
    } else if (isNews(each, current)) {
      plan.changed.push(each)
      plan.changedFingerprints.add(each.alert.fingerprint)
      if (each.alert.status === 'firing' && (current.status === 'resolved' || current.incidentId === null))
        plan.needIncident.push(each.alert)
    } else plan.repeated.push(each)
  }
  return plan
}

/** A newer occurrence, or a resolve; a worse severity of the same occurrence is news too. */
const isNews = (each: FoldedAlert, current: AlertState): boolean =>
  supersedes(
    { startsAt: each.startsAtMs, status: each.alert.status, severity: each.alert.severity },
    { startsAt: current.startsAt.epochMilliseconds, status: current.status, severity: current.severity },
  )

const receiptOf = (
  request: IngestRequest,
  plan: BatchPlan,
  place: (each: FoldedAlert) => string | null,
  out: Outbound,
  tx: Tx,
): IngestReceipt => {
  const fingerprints = new Set(request.alerts.map((alert) => alert.fingerprint))
  const mine = [...plan.created, ...plan.changed].filter((each) => fingerprints.has(each.alert.fingerprint))
  const created = mine.filter((each) => plan.createdFingerprints.has(each.alert.fingerprint)).length
  const incidents = [...new Set(mine.map(place).filter((id) => id !== null))].sort()
  out.audit({
    event: 'alerts_received',
    actor: `source:${request.source}`,
    subject: `source:${request.source}`,
    details: {
      received: request.alerts.length,
      kept_aside: request.keptAside.length,
      received_at: tx.now.toString(),
      // The first 16 hex digits tell alerts apart; the whole fingerprint stands on the alert's row.
      firing: request.alerts
        .filter((alert) => alert.status === 'firing')
        .map((alert) => alert.fingerprint.slice(0, 16)),
      resolved: request.alerts
        .filter((alert) => alert.status === 'resolved')
        .map((alert) => alert.fingerprint.slice(0, 16)),
    },
  })
  return {
    received: request.alerts.length,
    created,
    unchanged: request.alerts.length - mine.length,
    incidents,
    keptAside: request.keptAside.length,
  }
}
