import { sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { stillNeeded, tightened } from '../../domain/quorum.ts'
import { type Reminder, remindersDue } from '../../domain/reminders.ts'
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
import { remindLater } from './remind-later.ts'
import { whoMayDecide } from './who-may-decide.ts'

const mostNamed = 5

/**
 * Nobody has decided yet. Rung by the sweeper when the next reminder is due; it waits for whoever decides at this moment, and
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
    const { request } = found
    const { policy } = await app.configuration.of(tx.tenantId)
    const { due } = remindersDue(
      policy.document.approval,
      { createdAt: request.created_at, expiresAt: request.expires_at, done: request.reminders },
      tx.now,
    )
    const reminded = due.length === 0 ? request : await remind(app, tx, out, found, due)
    await remindLater(app, tx, out, reminded)
  })

const remind = async (
  app: App,
  tx: Tx,
  out: Outbound,
  found: Found,
  due: readonly Reminder[],
): Promise<ApprovalRequestRow> => {
  const { request, incident, proposal, governance } = found
  const asking = { requesterId: request.requester_id, overrides: request.overrides }
  const { facts } = await policyFacts(app, tx, 'decide', incident, proposal.body, asking, governance)
  const verdict = evaluatePolicy(facts)
  let roles = request.approver_roles
  for (const [at, reminder] of due.entries()) {
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
    .set({ approver_roles: roles, reminders: request.reminders + due.length })
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
  const { people, others } = await whoMayDecide(
    app,
    tx,
    asked,
    [request.requester_id, ...votes.map((vote) => vote.person_id)],
    mostNamed,
  )
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
      needed: stillNeeded(asked, countedVotes(votes, voters, await app.configuration.of(tx.tenantId))),
      people,
      others,
      until: request.expires_at,
      refusedBy: verdict.outcome === 'deny' ? (verdict.reasons[0]?.detail ?? null) : null,
    }),
  })
}
