import { type Alert, worstOf } from '../../domain/alert.ts'
import type { Tx } from '../../storage/database.ts'
import { insertIncidents, lockIncidents, reopenFlapping } from '../../storage/incident.repository.ts'
import { takeRecoveryBack } from '../../storage/learning.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { type AlertGroup, leadOf } from './aggregate.ts'
import { RaceLost } from './race-lost.ts'

/**
 * Finds or opens the incident of every group and returns incident ids by alert fingerprint. A group whose last incident
 * was resolved inside the flap window opens that one again: a flapping service is one thread, not twenty, and it is the
 * same thread in whatever order its alerts arrive. `others` are incidents whose alerts change otherwise: they are locked
 * together with these.
 */
export const openIncidents = async (
  app: App,
  tx: Tx,
  out: Outbound,
  groups: readonly AlertGroup[],
  others: readonly string[],
): Promise<Map<string, string>> => {
  const idOf = new Map<string, string>()
  const keys = groups.map((group) => group.key)
  for (const { id, groupKey, status } of await lockIncidents(tx, keys, others))
    if (status !== 'resolved') idOf.set(groupKey, id)
  const closed = groups.filter((group) => !idOf.has(group.key))
  if (closed.length > 0) {
    const since = tx.now.subtract({ milliseconds: app.limits.flapWindowMs })
    for (const again of await reopenFlapping(
      tx,
      closed.map(({ key, alerts }) => describe(key, alerts)),
      since,
    )) {
      idOf.set(again.groupKey, again.id)
      announce(out, again.id, 'incident_reopened', { flaps: again.flaps })
      const { service, openedAt, resolvedAt, acted } = again
      const ms = resolvedAt.epochMilliseconds - openedAt.epochMilliseconds
      await takeRecoveryBack(tx, { service, ms, alone: !acted }, resolvedAt)
    }
    await openNew(
      tx,
      out,
      groups.filter((group) => !idOf.has(group.key)),
      idOf,
    )
  }
  return byFingerprint(groups, idOf)
}

const openNew = async (
  tx: Tx,
  out: Outbound,
  groups: readonly AlertGroup[],
  idOf: Map<string, string>,
): Promise<void> => {
  if (groups.length === 0) return
  const opened = await insertIncidents(
    tx,
    groups.map(({ key, alerts }) => describe(key, alerts)),
  )
  if (opened.length !== groups.length)
    throw new RaceLost('an incident of this batch was opened by another writer')
  for (const { id, groupKey } of opened) {
    idOf.set(groupKey, id)
    announce(out, id, 'incident_opened', { group: groupKey })
  }
}

const announce = (
  out: Outbound,
  id: string,
  event: 'incident_opened' | 'incident_reopened',
  details: Record<string, string | number>,
): void => {
  out.audit({ event, actor: 'person_suture', subject: id, details }, id)
  out.effect({ kind: 'heal', key: id })
}

const describe = (groupKey: string, alerts: readonly Alert[]) => {
  const lead = leadOf(alerts)
  return {
    groupKey,
    service: lead.service,
    severity: alerts.reduce((worst, alert) => worstOf(worst, alert.severity), lead.severity),
    title: lead.title,
    summary: lead.summary,
  }
}

const byFingerprint = (
  groups: readonly AlertGroup[],
  idOf: ReadonlyMap<string, string>,
): Map<string, string> => {
  const result = new Map<string, string>()
  for (const group of groups) {
    const id = idOf.get(group.key)
    if (id === undefined) throw new Error(`no incident was found or opened for group ${group.key}`)
    for (const alert of group.alerts) result.set(alert.fingerprint, id)
  }
  return result
}
