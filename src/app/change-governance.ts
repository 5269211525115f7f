import { type Caller, hasRole, type Role } from '../domain/person.ts'
import type { Mode } from '../domain/policy/facts.ts'
import { type Rejection, reject } from '../domain/rejection.ts'
import { activeRunStatuses } from '../domain/run.ts'
import { refuseOutdated } from '../domain/standing.ts'
import type { Tx } from '../storage/database.ts'
import type { App } from './app.ts'
import { refused } from './audit-refusal.ts'
import { refuseUnlessAdmin } from './autonomy/admin-only.ts'
import { commit, type Outbound } from './commit.ts'
import { standingNow } from './identity/standing-now.ts'
import { disabledRefusal } from './identity/still-enabled.ts'
import type { GovernanceView } from './read/governance.ts'
import { showRun } from './show/run.ts'

/** Either or both; what is absent or the same as before changes nothing and leaves no entry. */
export interface GovernanceChange {
  readonly mode?: Mode | undefined
  readonly emergencyStop?: boolean | undefined
  /** Why, for whoever reads this later. */
  readonly reason?: string | undefined
}

export const changeGovernance = (
  app: App,
  caller: Caller,
  change: GovernanceChange,
): Promise<GovernanceView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: caller.tenantId, command: 'change_governance' }
    const refusal = await refuseChange(app, tx, caller, change)
    if (refusal !== null) return refused(out, about, refusal)
    const before = await tx.db
      .selectFrom('governance')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .forUpdate()
      .executeTakeFirstOrThrow(
        () =>
          new Error(
            `tenant ${tx.tenantId} has no governance row; start Suture once with this tenant to create it`,
          ),
      )
    const mode = change.mode ?? before.mode
    const emergencyStop = change.emergencyStop ?? before.emergency_stop
    const after = { mode, emergencyStop, approverRoles: before.approver_roles }
    if (mode === before.mode && emergencyStop === before.emergency_stop) return after
    await tx.db
      .updateTable('governance')
      .set({ mode, emergency_stop: emergencyStop, version: before.version + 1 })
      .where('tenant_id', '=', tx.tenantId)
      .execute()
    if (mode !== before.mode)
      out.audit({
        event: 'governance_changed',
        actor: caller.person.id,
        subject: tx.tenantId,
        details: { mode, from: before.mode },
      })
    if (emergencyStop !== before.emergency_stop)
      out.audit({
        event: 'emergency_stop_changed',
        actor: caller.person.id,
        subject: tx.tenantId,
        details: { on: emergencyStop, via: caller.via, reason: change.reason ?? '' },
      })
    if (emergencyStop && !before.emergency_stop) await cancelActiveRuns(app, tx, out, caller)
    out.changed('governance', tx.tenantId)
    return after
  })

/** By what is true now: whoever came as an admin may be none any more. */
const refuseChange = async (
  app: App,
  tx: Tx,
  caller: Caller,
  { mode, emergencyStop }: GovernanceChange,
): Promise<Rejection | null> => {
  const onlyStops = mode === undefined && emergencyStop === true
  return onlyStops
    ? refuseStop(app, tx, caller)
    : refuseUnlessAdmin(app, tx, caller, 'change how far Suture may go')
}

/** Stopping everything does no harm, and may have to be done by whoever is there, while a chat can't be read. */
const refuseStop = async (app: App, tx: Tx, { person }: Caller): Promise<Rejection | null> => {
  const now = await standingNow(app, tx, person.id)
  if (now === undefined || now.disabled) return disabledRefusal(person)
  if (mayStop.some((role) => hasRole(now.person, role))) return null
  if (refuseOutdated(now, mayStop, app.limits.groupRolesMaxAgeMs) !== null) return null
  return reject(
    'forbidden',
    `${person.name} may look, but not stop Suture.`,
    'Ask someone with the role responder.',
  )
}

const mayStop: readonly Role[] = ['responder', 'approver']

/** What runs stops and is undone; what is queued is refused by policy when its turn comes. */
const cancelActiveRuns = async (app: App, tx: Tx, out: Outbound, caller: Caller): Promise<void> => {
  const stopped = await tx.db
    .updateTable('run')
    .set({ cancel_requested_by: caller.person.id })
    .where('tenant_id', '=', tx.tenantId)
    .where('status', 'in', activeRunStatuses)
    .where('cancel_requested_by', 'is', null)
    .returning(['id', 'incident_id', 'status'])
    .execute()
  for (const run of stopped) {
    out.audit(
      {
        event: 'run_cancel_requested',
        actor: caller.person.id,
        subject: run.id,
        details: { status: run.status, via: caller.via, emergency_stop: true },
      },
      run.incident_id,
    )
    await showRun(app, tx, out, run.id)
    out.changed('run', run.id)
  }
}
