import type { Caller } from '../domain/person.ts'
import { type Rejection, reject } from '../domain/rejection.ts'
import { lockIncident } from '../storage/incident.repository.ts'
import { liveRunsOfIncident } from '../storage/run.repository.ts'
import type { App } from './app.ts'
import { refused } from './audit-refusal.ts'
import { commit } from './commit.ts'
import { escalate } from './heal/escalate.ts'
import { refuseWithout } from './identity/refuse-without.ts'
import { standingNow } from './identity/standing-now.ts'
import { withdrawProposals } from './resolve-incident.ts'
import { showProposalsOfIncident } from './show/proposal.ts'

/** A person says: leave this one to me. Nothing more is proposed until it resolves or fires anew. */
export const takeOver = (
  app: App,
  caller: Caller,
  incidentId: string,
): Promise<{ incidentId: string } | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const incident = await lockIncident(tx, incidentId)
    if (incident === undefined)
      return reject(
        'not_found',
        `There is no incident ${incidentId}.`,
        'Look it up in the list of incidents.',
      )
    const about = { actor: caller.person.id, subject: incidentId, incidentId, command: 'escalate' }
    const forbidden = refuseWithout(
      app,
      caller.person,
      await standingNow(app, tx, caller.person.id),
      ['responder', 'approver'],
      reject(
        'forbidden',
        `${caller.person.name} may look, but not take over.`,
        'Ask someone with the role responder.',
      ),
    )
    if (forbidden !== null) return refused(out, about, forbidden)
    if (incident.status === 'resolved')
      return refused(
        out,
        about,
        reject('precondition', `${incidentId} has already resolved.`, 'Nothing to do.', {
          facts: { incident: incidentId, incidentStatus: incident.status },
        }),
      )
    const [live] = await liveRunsOfIncident(tx, incidentId)
    if (live !== undefined)
      return refused(
        out,
        about,
        reject('conflict', `${live.id} is still ${live.status.replaceAll('_', ' ')}.`, 'Cancel it first.'),
      )
    await withdrawProposals(tx, incidentId)
    await escalate(app, tx, out, incident, `${caller.person.name} has taken over.`)
    await showProposalsOfIncident(app, tx, out, incidentId)
    return { incidentId }
  })
