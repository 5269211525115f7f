import { type Caller, hasRole, mayVote } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { type Resolution, resolutionWords } from '../../domain/resolution.ts'
import { refuseOutdated } from '../../domain/standing.ts'
import { lockIncident } from '../../storage/incident.repository.ts'
import { findRun, lockRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { standingNow } from '../identity/standing-now.ts'
import { disabledRefusal } from '../identity/still-enabled.ts'
import { showNotice } from '../show/notice.ts'
import { showRun } from '../show/run.ts'
import { releaseLocks } from './finish-run.ts'
import { openUndoing } from './open-undoing.ts'

export interface RunResolution {
  readonly runId: string
  readonly resolution: Resolution
  /** What was looked at; required, because the history rests on it. */
  readonly note: string
}

export interface Resolved extends RunResolution {
  /** The run that undoes it; null unless that was asked for. */
  readonly undoneBy: string | null
}

/**
 * Only a person who has looked can say what an unknown run did. Its targets are free again from then on, or pass to the run
 * that undoes it.
 */
export const resolveRun = (app: App, caller: Caller, given: RunResolution): Promise<Resolved | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { runId, resolution, note } = given
    const seen = await findRun(tx, runId)
    if (seen === undefined)
      return reject('not_found', `There is no run ${runId}.`, 'Open the incident to see its runs.')
    const incident = await lockIncident(tx, seen.incident_id)
    const run = await lockRun(tx, runId)
    if (run === undefined || incident === undefined)
      throw new Error(`${runId} vanished while it was being resolved`)
    const about = {
      actor: caller.person.id,
      subject: runId,
      incidentId: run.incident_id,
      command: 'resolve_run',
    }
    // By what is true now: this may free targets, or have them acted on.
    const now = await standingNow(app, tx, caller.person.id)
    if (now === undefined || now.disabled) return refused(out, about, disabledRefusal(caller.person))
    if (!hasRole(now.person, 'approver') || !mayVote(now.person))
      return refused(
        out,
        about,
        refuseOutdated(now, ['approver'], app.limits.groupRolesMaxAgeMs) ??
          reject(
            'forbidden',
            `${caller.person.name} may not say what ${runId} did.`,
            'Ask a person with the role approver to look.',
          ),
      )
    if (run.status !== 'unknown')
      return refused(
        out,
        about,
        reject('invalid', `${runId} ended ${run.status}: nothing is unknown about it.`, 'Nothing to do.'),
      )
    if (run.resolution !== null)
      return refused(
        out,
        about,
        reject('already_decided', `${runId} was already resolved: ${run.resolution}.`, 'Nothing to do.'),
      )
    if (note.trim() === '')
      return reject(
        'invalid',
        'A resolution needs a note.',
        'Say in a few words what you looked at and what you saw.',
      )
    const undoing = resolution === 'undo' ? await openUndoing(app, tx, out, caller, run) : null
    if (isRejection(undoing)) return refused(out, about, undoing)
    const words = resolutionWords[resolution]
    await tx.db
      .updateTable('run')
      .set({ resolution: `${words}: ${note}` })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', runId)
      .execute()
    out.audit(
      {
        event: 'run_resolution',
        actor: caller.person.id,
        subject: runId,
        details: { resolution, note, via: caller.via, undone_by: undoing?.id ?? null },
      },
      run.incident_id,
    )
    if (undoing === null) await releaseLocks(tx, out, run)
    await showNotice(app, tx, out, incident, {
      key: `resolution/${runId}`,
      title: `${runId} was looked into`,
      text:
        undoing === null
          ? `${caller.person.name} says that ${words}: “${note}”. Its targets are free again.`
          : `${caller.person.name} wants it undone: “${note}”. ${undoing.id} undoes it.`,
      tone: 'info',
    })
    await showRun(app, tx, out, runId, { resolvedBy: caller.person })
    out.changed('run', runId)
    return { ...given, undoneBy: undoing?.id ?? null }
  })
