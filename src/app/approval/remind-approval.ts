import { onShiftAt } from '../../domain/hand-over.ts'
import { sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { stillNeeded, tightened } from '../../domain/quorum.ts'
import type { Reminder } from '../../domain/reminders.ts'
import { reminderText, reminderTitle } from '../../message/reminder-words.ts'
import type { Tx } from '../../storage/database.ts'
import type { ApprovalRequestRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { policyFacts } from '../policy-facts.ts'
import { showNotice } from '../show/notice.ts'
import { showProposal } from '../show/proposal.ts'
import { countedVotes } from './counted-votes.ts'
import { asDomain, type Found, lockRequest } from './lock-request.ts'
import { dueOf, remindLater, shiftsFor } from './remind-later.ts'
import { tellHandOver } from './tell-hand-over.ts'
import { whoMayDecide } from './who-may-decide.ts'

const mostNamed = 5

/**
 * Nobody has decided yet. Rung by the sweeper when the next reminder is due, or a shift ends; it waits for whoever decides at this moment, and
 * is harmless once they have. What was told is counted in the same commit, so that a ring which comes twice tells nobody twice.
 */
export const remindApproval = (app: App, tenantId: string, requestId: string): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const found = await lockRequest(app, tx, requestId)
    if (
      found === null ||
      found.request.status !== 'pending' ||
      Temporal.Instant.compare(tx.now, found.request.expires_at) >= 0
    )
      return out.settle('remind_approval', requestId)
    const { request, proposal } = found
    const due = dueOf(await app.configuration.of(tx.tenantId), proposal.body, request, tx.now)
    const isDue = due.reminders.length + due.handOvers.length > 0
    const reminded = isDue ? await remind(app, tx, out, found, due) : request
    await remindLater(app, tx, out, reminded, proposal.body)
  })

const remind = async (
  app: App,
  tx: Tx,
  out: Outbound,
  found: Found,
  { reminders, handOvers }: Pick<ReturnType<typeof dueOf>, 'reminders' | 'handOvers'>,
): Promise<ApprovalRequestRow> => {
  const { request, incident, proposal, governance } = found
  const asking = { requesterId: request.requester_id, overrides: request.overrides }
  const { facts } = await policyFacts(app, tx, 'decide', incident, proposal.body, asking, governance)
  const verdict = evaluatePolicy(facts)
  for (const handOver of handOvers) await tellHandOver(app, tx, out, found, verdict, handOver)
  let roles = request.approver_roles
  for (const [at, reminder] of reminders.entries()) {
    const added = addedBy(reminder, roles, verdict)
    roles = [...roles, ...added]
    await tell(app, tx, out, { ...found, request: { ...request, approver_roles: roles } }, verdict, {
      reminder,
      added,
      number: request.reminders + at + 1,
    })
  }
  const reminded = await tx.db
    .updateTable('approval_request')
    .set({
      approver_roles: roles,
      reminders: request.reminders + reminders.length,
      ...(handOvers.length === 0 ? {} : { handed_over_at: tx.now }),
    })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', request.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await showProposal(app, tx, out, proposal.id)
  out.changed('approval', request.id)
  return reminded
}

/** A step asks more people, and never more than policy lets approve now. */
const addedBy = (reminder: Reminder, roles: readonly string[], { approverRoles }: Verdict) =>
  reminder.kind === 'remind'
    ? []
    : reminder.roles.filter((role) => approverRoles.includes(role) && !roles.includes(role))

const tell = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { request, run, incident, proposal, votes, voters }: Found,
  verdict: Verdict,
  told: { readonly reminder: Reminder; readonly added: readonly string[]; readonly number: number },
): Promise<void> => {
  const { reminder } = told
  const asked = tightened(asDomain(request), verdict)
  const configuration = await app.configuration.of(tx.tenantId)
  const onShift = onShiftAt(shiftsFor(configuration, proposal.body), tx.now).map(({ personId }) => personId)
  const toDecide = { asked, requesterId: request.requester_id, votes, onShift }
  const { people, others } = await whoMayDecide(app, tx, toDecide, mostNamed)
  const waitedMs = tx.now.epochMilliseconds - request.created_at.epochMilliseconds
  out.audit(
    {
      event: reminder.kind === 'remind' ? 'approval_reminded' : 'approval_escalated',
      actor: sutureItself,
      subject: request.id,
      details: {
        run: run.id,
        proposal: proposal.id,
        due_after_ms: reminder.afterMs,
        waited_ms: waitedMs,
        named: people.map(({ id }) => id),
        on_shift: onShift,
        expires_at: request.expires_at.toString(),
        ...(reminder.kind === 'remind'
          ? {}
          : {
              step: reminder.step,
              roles: [...reminder.roles],
              added: [...told.added],
              not_permitted: reminder.roles.filter((role) => !verdict.approverRoles.includes(role)),
              channel: reminder.channel,
            }),
      },
    },
    incident.id,
  )
  await showNotice(app, tx, out, incident, {
    key: `reminder-${request.id}-${told.number}`,
    title: reminderTitle({ reminder }),
    tone: 'warning',
    channel: reminder.kind === 'escalate' ? reminder.channel : null,
    text: reminderText({
      reminder,
      requestId: request.id,
      what: `${proposal.body.playbookTitle} on ${proposal.body.service}`,
      waitedMs,
      asked,
      needed: stillNeeded(asked, countedVotes(votes, voters, configuration)),
      people,
      others,
      until: request.expires_at,
      refusedBy: verdict.outcome === 'deny' ? (verdict.reasons[0]?.detail ?? null) : null,
    }),
  })
}
