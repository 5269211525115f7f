import type { Alert, AlertSourceName, RejectedAlert } from '../../domain/alert.ts'
import { occurrenceOf, supersedes } from '../../domain/occurrence.ts'
import { silencedBy } from '../../domain/silence.ts'
import type { AlertState } from '../../storage/alert.repository.ts'
import {
  bumpAlerts,
  insertAlerts,
  keepAside,
  lockAlerts,
  updateAlerts,
} from '../../storage/alert.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { asSilence, countSilenced, type Kept, standingSilences } from '../../storage/silence.repository.ts'
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
  const folded = foldByFingerprint(named.flatMap((request) => request.alerts))
  const writing = async (tx: Tx, out: Outbound): Promise<IngestReceipt[]> => {
    // Sent together: silences cost a batch a statement, and no round trip.
    const [locked, standing] = await Promise.all([
      lockAlerts(
        tx,
        folded.map((each) => each.alert.fingerprint),
      ),
      folded.some((each) => each.alert.status === 'firing') ? standingSilences(tx) : [],
    ])
    const known = new Map(locked.map((row) => [row.fingerprint, row]))
    const silences = standing.map(asSilence)
    const plan = planBatch(folded, known, (alert) => silencedBy(alert, silences, tx.now)?.id ?? null)
    const staying = plan.changed.map((each) => known.get(each.alert.fingerprint)?.incidentId ?? null)
    const incidentOf = await openIncidents(
      app,
      tx,
      out,
      groupAlerts(plan.needIncident),
      staying.filter((id) => id !== null),
    )
    const place = ({ alert: { fingerprint } }: FoldedAlert): string | null =>
      plan.silenced.has(fingerprint)
        ? null
        : (incidentOf.get(fingerprint) ?? known.get(fingerprint)?.incidentId ?? null)
    const placed = (each: FoldedAlert) => ({
      ...each,
      incidentId: place(each),
      silencedBy: plan.silenced.get(each.alert.fingerprint) ?? null,
    })
    const [inserted] = await Promise.all([
      insertAlerts(tx, plan.created.map(placed)),
      updateAlerts(tx, plan.changed.map(placed)),
      bumpAlerts(tx, plan.repeated),
      countSilenced(tx, keptQuiet(plan)),
    ])
    if (inserted !== plan.created.length)
      throw new RaceLost('an alert of this batch was inserted by another writer')
    const touched = new Set([...plan.created, ...plan.changed].map(place).filter((id) => id !== null))
    await settleIncidents(app, tx, out, [...touched].sort())
    await keepAside(
      tx,
      app.ids.uuid,
      named.flatMap((request) => request.keptAside.map((each) => ({ ...each, source: request.source }))),
    )
    return named.map((request) => receiptOf(request, plan, place, out, tx))
  }
  return commit(app, first.tenantId, writing, { eager: folded.length > 0 })
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
  /** Those that would, but are kept quiet: by fingerprint, the silence. */
  readonly silenced: Map<string, string>
  readonly createdFingerprints: Set<string>
  readonly changedFingerprints: Set<string>
}

const planBatch = (
  folded: readonly FoldedAlert[],
  known: ReadonlyMap<string, AlertState>,
  silenceOf: (alert: Alert) => string | null,
): BatchPlan => {
  const plan: BatchPlan = {
    created: [],
    changed: [],
    repeated: [],
    needIncident: [],
    silenced: new Map(),
    createdFingerprints: new Set(),
    changedFingerprints: new Set(),
  }
  const fires = (alert: Alert): void => {
    const silence = silenceOf(alert)
    if (silence === null) plan.needIncident.push(alert)
    else plan.silenced.set(alert.fingerprint, silence)
  }
  for (const each of folded) {
    const current = known.get(each.alert.fingerprint)
    if (current === undefined) {
      plan.created.push(each)
      plan.createdFingerprints.add(each.alert.fingerprint)
      if (each.alert.status === 'firing') fires(each.alert)
    } else if (isNews(each, current)) {
      plan.changed.push(each)
      plan.changedFingerprints.add(each.alert.fingerprint)
      if (each.alert.status === 'firing' && (current.status === 'resolved' || current.incidentId === null))
        fires(each.alert)
    } else plan.repeated.push(each)
  }
  return plan
}

/** What fires anew and is kept quiet. What had an incident before keeps it. */
const keptQuiet = ({ created, changed, silenced }: BatchPlan): Kept[] =>
  [...created, ...changed]
    .flatMap(({ alert }) => {
      const silenceId = silenced.get(alert.fingerprint)
      return silenceId === undefined ? [] : [{ silenceId, alert }]
    })
    .sort((one, other) => (one.alert.fingerprint < other.alert.fingerprint ? -1 : 1))

/** A newer occurrence, or a resolve; a worse severity of the same occurrence is news too. */
const isNews = (each: FoldedAlert, current: AlertState): boolean =>
  supersedes(occurrenceOf(each.alert), occurrenceOf(current))

const silencedIn = (request: IngestRequest, { silenced }: BatchPlan): { silenced?: string[] } => {
  const mine = new Set(request.alerts.map((alert) => alert.fingerprint))
  const quiet = [...silenced].flatMap(([fingerprint, id]) =>
    mine.has(fingerprint) ? [`${fingerprint.slice(0, 16)} ${id}`] : [],
  )
  return quiet.length === 0 ? {} : { silenced: quiet }
}

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
      ...silencedIn(request, plan),
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
