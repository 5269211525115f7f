import type { HandOver } from '../../domain/hand-over.ts'
import { mayVote, sutureItself } from '../../domain/person.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { groupsOf, mayStandFor, stillNeeded, tightened } from '../../domain/quorum.ts'
import { handOverText, handOverTitle } from '../../message/hand-over-words.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { peopleAmong } from '../identity/standing-now.ts'
import { showNotice } from '../show/notice.ts'
import { peopleOfVote } from '../show/request-state.ts'
import { countedVotes } from './counted-votes.ts'
import { asDomain, type Found } from './lock-request.ts'
import { whoMayDecide } from './who-may-decide.ts'

const mostNamed = 5

/**
 * A shift has ended while a request waits: whoever comes on is told, by name. Only what is told changes: votes that were
 * cast stay, and who may vote is a matter of roles and groups as before. Nothing is told of a shift of which nobody could
 * decide this.
 */
export const tellHandOver = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { request, run, incident, proposal, votes, voters }: Found,
  verdict: Verdict,
  { shift, at, until, off, on }: HandOver,
): Promise<void> => {
  const asked = tightened(asDomain(request), verdict)
  const configuration = await app.configuration.of(tx.tenantId)
  const { groups } = configuration.policy.document
  const ids = [...new Set([...off, ...on])]
  const known = (await peopleAmong(app, tx, { roles: [], ids }, ids.length)).map(({ person }) => person)
  const offNow = known.filter(({ id }) => off.includes(id))
  const onNow = known.filter(({ id }) => on.includes(id))
  const concerned = offNow.some(
    (person) =>
      mayVote(person) && mayStandFor(asked, { roles: person.roles, groups: groupsOf(groups, person.id) }),
  )
  if (!concerned) return
  const toDecide = { asked, requesterId: request.requester_id, votes, onShift: on }
  const { people, others, may } = await whoMayDecide(app, tx, toDecide, mostNamed)
  const mayDecide = onNow.filter(may)
  const said = [request.requester_id, ...votes.flatMap(peopleOfVote)]
  const hadASay = onNow.some(({ id }) => said.includes(id))
  out.audit(
    {
      event: 'approval_handed_over',
      actor: sutureItself,
      subject: request.id,
      details: {
        run: run.id,
        proposal: proposal.id,
        shift,
        at: at.toString(),
        from: [...off],
        to: [...on],
        may_decide: mayDecide.map(({ id }) => id),
        votes: votes.length,
        expires_at: request.expires_at.toString(),
      },
    },
    incident.id,
  )
  await showNotice(app, tx, out, incident, {
    key: `hand-over-${request.id}-${shift}-${at.epochMilliseconds}`,
    title: handOverTitle,
    tone: 'warning',
    text: handOverText({
      requestId: request.id,
      what: `${proposal.body.playbookTitle} on ${proposal.body.service}`,
      off: offNow,
      on: onNow,
      onUntil: until,
      onMay: mayDecide.length > 0 ? 'yes' : hadASay ? 'had_a_say' : 'no',
      votes: votes.length,
      asked,
      needed: stillNeeded(asked, countedVotes(votes, voters, configuration)),
      may: people,
      others,
      until: request.expires_at,
      refusedBy: verdict.outcome === 'deny' ? (verdict.reasons[0]?.detail ?? null) : null,
    }),
  })
}
