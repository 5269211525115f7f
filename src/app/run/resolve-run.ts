import { type Caller, hasRole, mayVote } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { lockIncident } from '../../storage/incident.repository.ts'
import { findRun, lockRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { showNotice } from '../show/notice.ts'
import { releaseLocks } from './finish-run.ts'

/** What a person has seen at the target of a run that ended `unknown`. */
export type Resolution = 'happened' | 'did_not_happen'

export interface RunResolution {
  readonly runId: string
  readonly resolution: Resolution
  /** What was looked at; required, because the history rests on it. */
  readonly note: string
}

/** Only a person who has looked can say what an unknown run did. Its targets are free again from then on. */
export const resolveRun = (
  app: App,
  caller: Caller,
  given: RunResolution,
): Promise<RunResolution | Rejection> =>
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
    if (!hasRole(caller.person, 'approver') || !mayVote(caller.person))
      return refused(
        out,
        about,
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
    const words = resolution === 'happened' ? 'it happened' : 'it did not happen'
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
        details: { resolution, note, via: caller.via },
      },
      run.incident_id,
    )
    await releaseLocks(tx, out, run)
    await showNotice(app, tx, out, incident, {
      key: `resolution/${runId}`,
      title: `${runId} was looked into`,
      text: `${caller.person.name} says that ${words}: ${note} Its targets are free again.`,
      tone: 'info',
    })
    out.changed('run', runId)
    return given
  })
