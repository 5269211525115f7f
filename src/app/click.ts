import type { CardAction } from '../domain/card.ts'
import type { FormAnswers } from '../domain/form.ts'
import type { Caller, Scope } from '../domain/person.ts'
import { whoElseInWords } from '../domain/quorum.ts'
import { isRejection, type Rejection, reject, rejectionTable } from '../domain/rejection.ts'
import { type Button, buttonOfToken } from '../storage/card.repository.ts'
import type { CardCommand } from '../storage/card.table.ts'
import { inTenant } from '../storage/database.ts'
import { standsInNow } from '../storage/delegation.repository.ts'
import type { App } from './app.ts'
import { decideApproval } from './approval/decide-approval.ts'
import { requestRun } from './approval/request-run.ts'
import { revokeApproval } from './approval/revoke-approval.ts'
import { refused } from './audit-refusal.ts'
import { commit } from './commit.ts'
import { nextSteps } from './next-steps.ts'
import { whileWaiting } from './people-first.ts'
import { editWithAnswers } from './proposal/edit-with-answers.ts'
import { cancelRun } from './run/cancel-run.ts'
import { resolveRun } from './run/resolve-run.ts'
import { takeOver } from './take-over.ts'

/** What came of a click, in words for whoever pressed. */
export interface ClickOutcome {
  readonly done: boolean
  readonly title: string
  readonly message: string
  readonly remedy: string
  readonly code: string
  /** When a refused press may work at the earliest, where the rule knows. */
  readonly earliest?: string
  /** What the rule that refused it saw. */
  readonly facts?: NonNullable<Rejection['facts']>
  /** Buttons of what may be done instead. */
  readonly next?: readonly CardAction[]
}

/**
 * A button was pressed. It carries only an opaque token: what it means stands in a row, and whether this person may do it
 * is decided anew. `again` is for a press that may have been carried out before: when it was stored.
 */
export const click = (
  app: App,
  caller: Caller,
  token: string,
  note: string,
  again: Temporal.Instant | null = null,
  answers: FormAnswers = {},
): Promise<ClickOutcome> =>
  whileWaiting(app, async () =>
    pressed(app, caller, await findButton(app, caller, token), note, again, answers),
  )

/** What a button that was looked up does; null is one that nobody knows. */
export const pressed = async (
  app: App,
  caller: Caller,
  button: Button | null,
  note: string,
  again: Temporal.Instant | null = null,
  answers: FormAnswers = {},
): Promise<ClickOutcome> =>
  button === null
    ? refusal(
        reject(
          'not_found',
          'This button is not known here.',
          'Open the incident again; its card shows what can be done now.',
        ),
      )
    : carryOut(app, caller, button.command, button.subject, note, again, answers)

/** Null when no such button exists in the caller's tenant; another tenant's buttons do not exist here. */
export const findButton = async (
  app: App,
  caller: Pick<Caller, 'tenantId'>,
  token: string,
): Promise<Button | null> =>
  inTenant(app.store, caller.tenantId, (tx) => buttonOfToken(tx, token), { readOnly: true, eager: true })

/** What a key or session must be allowed to do for each button; the person's roles are checked by the command itself. */
const neededScope = {
  request: 'respond',
  request_override: 'respond',
  edit: 'respond',
  cancel: 'respond',
  escalate: 'respond',
  revoke: 'approve',
  approve: 'approve',
  reject: 'approve',
  happened: 'approve',
  did_not_happen: 'approve',
  undo: 'approve',
} as const satisfies Record<CardCommand, Scope>

/** What a button does, by its name: the words of a chat do the same. */
export const carryOut = async (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
  note: string,
  again: Temporal.Instant | null = null,
  answers: FormAnswers = {},
): Promise<ClickOutcome> => {
  const outcome = (await isScoped(app, caller, command))
    ? await perform(app, caller, command, subject, { note, again, answers })
    : await refuseUnscoped(app, caller, command, subject)
  if (!isRejection(outcome)) return outcome
  const next = await nextSteps(app, caller, command, subject, outcome)
  return next.length === 0 ? refusal(outcome) : { ...refusal(outcome), next }
}

/** Whoever stands in for somebody may vote without a role of their own; a key stays with what it was made for. */
const isScoped = async (app: App, caller: Caller, command: CardCommand): Promise<boolean> =>
  caller.scopes.includes(neededScope[command]) ||
  ((command === 'approve' || command === 'reject') &&
    caller.via !== 'key' &&
    (await inTenant(app.store, caller.tenantId, (tx) => standsInNow(tx, caller.person.id), {
      readOnly: true,
    })))

/** What came after this check would have written down that it refused; so does this. */
const refuseUnscoped = (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
): Promise<Rejection> =>
  commit(app, caller.tenantId, async (_, out) =>
    refused(out, { actor: caller.person.id, subject, command }, lacks(caller, neededScope[command])),
  )

/** In a chat the scopes follow from the roles alone, and nobody there knows of scopes. */
const lacks = ({ via, person }: Caller, scope: Scope): Rejection =>
  via === 'slack' || via === 'discord'
    ? reject(
        'forbidden',
        `${person.name} may look, but not act.`,
        'Ask someone with the role responder or approver.',
      )
    : reject(
        'forbidden',
        `This key or session lacks the scope ${scope}.`,
        'Use a key that has it, or ask somebody else.',
      )

interface Said {
  readonly note: string
  readonly again: Temporal.Instant | null
  readonly answers: FormAnswers
}

const perform = async (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
  { note, again, answers }: Said,
): Promise<ClickOutcome | Rejection> => {
  switch (command) {
    case 'request':
    case 'request_override': {
      const override = command === 'request_override' ? { reason: note } : null
      const result = await requestRun(app, caller, subject, { again, override })
      if (isRejection(result)) return result
      return result.requestId === null
        ? done('Queued', `${result.runId} is queued.`)
        : done(
            override === null ? 'Requested' : 'Override requested',
            override === null
              ? 'Now somebody else has to approve it.'
              : 'Now somebody else with the role override has to approve it, for this one run.',
          )
    }
    case 'edit': {
      const result = await editWithAnswers(app, caller, subject, answers)
      if (isRejection(result)) return result
      return done(
        'Edited',
        result.requestId === null
          ? `${result.proposalId} has taken its place; ${result.runId} is queued.`
          : `${result.proposalId} has taken its place; now somebody else has to approve it.`,
      )
    }
    case 'approve':
    case 'reject': {
      const result = await decideApproval(app, caller, {
        requestId: subject,
        decision: command,
        reason: note,
      })
      if (isRejection(result)) return result
      if (result.status === 'approved')
        return done('Approved', 'It is queued and runs as soon as its targets are free.')
      if (result.status === 'rejected') return done('Rejected', 'The requester sees your reason.')
      const whoElse = whoElseInWords(result.needed)
      return done(
        'Vote counted',
        `${result.approvals} so far; ${whoElse === '' ? 'more approvals are needed' : `still needed: ${whoElse}`}.`,
      )
    }
    case 'revoke': {
      const result = await revokeApproval(app, caller, subject, note)
      if (isRejection(result)) return result
      return done(
        'Approval revoked',
        result.status === 'canceled'
          ? `${result.runId} will not run; its proposal can be requested again.`
          : 'Your approval does not count any more.',
      )
    }
    case 'cancel': {
      const result = await cancelRun(app, caller, subject)
      if (isRejection(result)) return result
      return result.status === 'canceled'
        ? done('Canceled', `${subject} will not run.`)
        : done('Stopping', `${subject} is being stopped; what it did is undone.`)
    }
    case 'happened':
    case 'did_not_happen':
    case 'undo': {
      const result = await resolveRun(app, caller, { runId: subject, resolution: command, note })
      if (isRejection(result)) return result
      return result.undoneBy === null
        ? done('Noted', `Its targets are free again, and your note stands in the thread.`)
        : done('Being undone', `${result.undoneBy} undoes what ${subject} did or may have done.`)
    }
    case 'escalate': {
      const result = await takeOver(app, caller, subject)
      return isRejection(result) ? result : done('Yours', 'Suture proposes nothing more for this incident.')
    }
  }
}

const done = (title: string, message: string): ClickOutcome => ({
  done: true,
  title,
  message,
  remedy: '',
  code: '',
})

export const refusal = (rejection: Rejection): ClickOutcome => ({
  done: false,
  title: rejectionTable[rejection.code].title,
  message: rejection.detail,
  remedy: rejection.remedy,
  code: rejection.code,
  ...(rejection.earliest === undefined ? {} : { earliest: rejection.earliest }),
  ...(rejection.facts === undefined ? {} : { facts: rejection.facts }),
})
