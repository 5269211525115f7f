import { sutureItself } from '../../domain/person.ts'
import { matchersInWords, silencedBy } from '../../domain/silence.ts'
import type { Tx } from '../../storage/database.ts'
import {
  asSilence,
  lockSilence,
  placeSilenced,
  type SilenceRow,
  standingSilences,
  stillFiring,
} from '../../storage/silence.repository.ts'
import type { App } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { lookAgainNow } from '../heal/look-again-now.ts'
import { groupAlerts } from '../ingest/aggregate.ts'
import { openIncidents } from '../ingest/open-incidents.ts'
import { settleIncidents } from '../ingest/settle-incidents.ts'
import { tellThreads } from './tell-threads.ts'

/** Alerts that are let through in one transaction; the rest follow in the next. */
const atOnce = 500

/**
 * A batch that read the silence while it stood may be written a moment after its end was handled, and nobody would let its
 * alerts through. No transaction lasts this long.
 */
const lookAgainMs = 60_000

/** A silence begins or ends. Rung by the sweeper when its time has come; harmless when it rings twice. */
export const turnSilence = (app: App, tenantId: string, id: string): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const row = await lockSilence(tx, id)
    out.settle('silence', id)
    if (row === undefined) return
    if (Temporal.Instant.compare(tx.now, row.from_at) < 0 && row.ended_at === null)
      return out.effect({ kind: 'silence', key: id, dueAt: row.from_at })
    if (row.ended_at === null && Temporal.Instant.compare(tx.now, row.until_at) < 0) {
      if (row.started_at === null) await start(app, tx, out, row)
      else out.effect({ kind: 'silence', key: id, dueAt: row.until_at })
      return
    }
    const endedAt = row.ended_at ?? row.until_at
    if (row.ended_at === null) await end(app, tx, out, row, endedAt, null)
    const more = (await letThrough(app, tx, out, row)) === atOnce
    const lookAgainAt = endedAt.add({ milliseconds: lookAgainMs })
    if (more) out.effect({ kind: 'silence', key: id })
    else if (Temporal.Instant.compare(tx.now, lookAgainAt) < 0)
      out.effect({ kind: 'silence', key: id, dueAt: lookAgainAt })
  })

export const start = async (app: App, tx: Tx, out: Outbound, row: SilenceRow): Promise<void> => {
  await tx.db
    .updateTable('silence')
    .set({ started_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', row.id)
    .execute()
  out.effect({ kind: 'silence', key: row.id, dueAt: row.until_at })
  out.audit({
    event: 'silence_started',
    actor: sutureItself,
    subject: row.id,
    details: { kind: row.kind, matchers: matchersInWords(row.matchers), until: row.until_at.toString() },
  })
  const what = matchersInWords(row.matchers)
  await tellThreads(app, tx, out, row, {
    phase: 'started',
    title: row.kind === 'maintenance' ? 'Maintenance has begun' : 'Silenced',
    text: `${what} until ${row.until_at.toString({ smallestUnit: 'minute' })}: ${row.reason}. New alerts of it open nothing${row.kind === 'maintenance' ? ', and Suture proposes nothing' : ''}; what fires already stays. To end it: /heal unsilence ${row.id}`,
  })
  out.changed('governance', tx.tenantId)
}

/** `endedBy` is null where its time has come. */
export const end = async (
  app: App,
  tx: Tx,
  out: Outbound,
  row: SilenceRow,
  endedAt: Temporal.Instant,
  endedBy: { readonly id: string; readonly name: string } | null,
): Promise<void> => {
  await tx.db
    .updateTable('silence')
    .set({ ended_at: endedAt, ended_by: endedBy?.id ?? null })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', row.id)
    .execute()
  out.audit({
    event: 'silence_ended',
    actor: endedBy?.id ?? sutureItself,
    subject: row.id,
    details: { kind: row.kind, matchers: matchersInWords(row.matchers), until: row.until_at.toString() },
  })
  const touched = await tellThreads(app, tx, out, row, {
    phase: 'ended',
    title: row.kind === 'maintenance' ? 'Maintenance is over' : 'No longer silenced',
    text: `${row.id} (${matchersInWords(row.matchers)}) ${endedBy === null ? 'is over' : `was ended by ${endedBy.name}`}. Alerts of it that still fire open an incident now.`,
  })
  if (row.kind === 'maintenance' && endedBy !== null) await lookAgainNow(tx, out, touched, row.until_at)
  out.changed('governance', tx.tenantId)
}

/** What it kept quiet and still fires opens an incident now, unless another silence keeps it quiet. How many it looked at. */
const letThrough = async (app: App, tx: Tx, out: Outbound, row: SilenceRow): Promise<number> => {
  const alerts = await stillFiring(tx, row.id, atOnce)
  if (alerts.length === 0) return 0
  const others = (await standingSilences(tx)).map(asSilence).filter(({ id }) => id !== row.id)
  const quietBy = new Map(
    alerts.map((alert) => [alert.fingerprint, silencedBy(alert, others, tx.now)?.id ?? null]),
  )
  const loud = alerts.filter(({ fingerprint }) => quietBy.get(fingerprint) === null)
  const incidentOf = await openIncidents(app, tx, out, groupAlerts(loud), [])
  await placeSilenced(
    tx,
    alerts.map(({ fingerprint }) => ({
      fingerprint,
      incidentId: incidentOf.get(fingerprint) ?? null,
      silencedBy: quietBy.get(fingerprint) ?? null,
    })),
  )
  await settleIncidents(app, tx, out, [...new Set(incidentOf.values())].sort())
  return alerts.length
}
