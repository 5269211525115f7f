import type { CardAction } from '../domain/card.ts'
import { type FormAnswers, type FormName, formOfToken, tokenOfForm } from '../domain/form.ts'
import type { Caller } from '../domain/person.ts'
import { whoElseInWords } from '../domain/quorum.ts'
import { isRejection, type Rejection, reject, rejectionTable } from '../domain/rejection.ts'
import { buttonRights } from '../domain/rights/buttons.ts'
import type { Right } from '../domain/rights/right.ts'
import { type Button, buttonOfToken } from '../storage/card.repository.ts'
import type { CardCommand } from '../storage/card.table.ts'
import { inTenant } from '../storage/database.ts'
import type { App } from './app.ts'
import { decideApproval } from './approval/decide-approval.ts'
import { requestRun } from './approval/request-run.ts'
import { revokeApproval } from './approval/revoke-approval.ts'
import { refused } from './audit-refusal.ts'
import { reviewBreakGlass } from './break-glass/review.ts'
import { commit } from './commit.ts'
import { formPromptOf } from './form/form-prompt.ts'
import { sendForm } from './form/send-form.ts'
import { liftFreeze } from './freeze/lift-freeze.ts'
import { withStandIn } from './identity/stand-in-scope.ts'
import { nextSteps } from './next-steps.ts'
import { whileWaiting } from './people-first.ts'
import { editWithAnswers } from './proposal/edit-with-answers.ts'
import { readRequest } from './read/request.ts'
import { cancelRun } from './run/cancel-run.ts'
import { resolveRun } from './run/resolve-run.ts'
import { endSilence } from './silence/end-silence.ts'
import { takeOver } from './take-over.ts'

/** What came of a click, in words for whoever pressed. */
export interface ClickOutcome {
  readonly done: boolean
  readonly title: string
  readonly message: string
  readonly remedy: string
  readonly code: string
  /** A word for what was only looked at, in place of `Done`. */
  readonly status?: string
  /** When a refused press may work at the earliest, where the rule knows. */
  readonly earliest?: string
  /** What the rule that refused it saw. */
  readonly facts?: NonNullable<Rejection['facts']>
  /** Buttons of what may be done instead. */
  readonly next?: readonly CardAction[]
  /** What is wrong with a form, by the names of its fields: it can be mended and sent again. */
  readonly problems?: Readonly<Record<string, string>>
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

/** What is pressed: a button of a card, or a form that belongs to none. */
export type Pressable = Button | { readonly form: FormName }

/** What a button that was looked up does; null is one that nobody knows. */
export const pressed = async (
  app: App,
  caller: Caller,
  button: Pressable | null,
  note: string,
  again: Temporal.Instant | null = null,
  answers: FormAnswers = {},
): Promise<ClickOutcome> => {
  if (button === null)
    return refusal(
      reject(
        'not_found',
        'This button is not known here.',
        'Open the incident again; its card shows what can be done now.',
      ),
    )
  return 'form' in button
    ? pressForm(app, caller, button.form, answers, again)
    : carryOut(app, caller, button.command, button.subject, note, again, answers)
}

const pressForm = async (
  app: App,
  caller: Caller,
  name: FormName,
  answers: FormAnswers,
  again: Temporal.Instant | null,
): Promise<ClickOutcome> => {
  const sent = await sendForm(app, caller, name, answers, again)
  if (!isRejection(sent)) return done(sent.title, sent.message)
  const field = sent.facts?.['field']
  const prompt = typeof field === 'string' ? await formPromptOf(app, caller, name) : null
  if (typeof field !== 'string' || prompt === null) return refusal(sent)
  return {
    ...refusal(sent),
    problems: { [field]: `${sent.detail} ${sent.remedy}`.trim() },
    // For a chat that has closed the form by then.
    next: [{ token: tokenOfForm(name), label: 'Fill it in again', style: 'primary', prompt }],
  }
}

/** Null when no such button exists in the caller's tenant; another tenant's buttons do not exist here. */
export const findButton = async (
  app: App,
  caller: Pick<Caller, 'tenantId'>,
  token: string,
): Promise<Pressable | null> => {
  const form = formOfToken(token)
  if (form !== null) return { form }
  return inTenant(app.store, caller.tenantId, (tx) => buttonOfToken(tx, token), {
    readOnly: true,
    eager: true,
  })
}

/** What a key or session must be allowed to do for each button; the person's roles are checked by the command itself. */
const rights: Readonly<Record<CardCommand, Right>> = buttonRights

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

const isScoped = async (app: App, caller: Caller, command: CardCommand): Promise<boolean> => {
  const needed = rights[command].scope
  if (needed === null || caller.scopes.includes(needed)) return true
  if (needed !== 'approve') return false
  const now = await inTenant(app.store, caller.tenantId, (tx) => withStandIn(tx, caller), { readOnly: true })
  return now.scopes.includes(needed)
}

/** What came after this check would have written down that it refused; so does this. */
const refuseUnscoped = (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
): Promise<Rejection> =>
  commit(app, caller.tenantId, async (_, out) =>
    refused(out, { actor: caller.person.id, subject, command }, lacks(caller, rights[command])),
  )

/** In a chat the scopes follow from the roles alone, and nobody there knows of scopes. */
const lacks = ({ via, person }: Caller, { who, scope }: Right): Rejection =>
  via === 'slack' || via === 'discord'
    ? reject(
        'forbidden',
        `${person.name} may look, but not act.`,
        `Ask someone with the role ${typeof who === 'string' ? 'responder' : who.filter((role) => role !== 'admin').join(' or ')}.`,
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
    case 'unfreeze': {
      const result = await liftFreeze(app, caller, subject)
      return isRejection(result)
        ? result
        : done(`No longer frozen: ${result.what}`, 'What the freeze refused can be requested again.')
    }
    case 'unsilence': {
      const result = await endSilence(app, caller, subject)
      return isRejection(result)
        ? result
        : done(`No longer silenced: ${result.what}`, 'What still fires opens an incident now.')
    }
    case 'review': {
      const result = await reviewBreakGlass(app, caller, subject, note)
      return isRejection(result) ? result : done('Reviewed', 'The modes hold again as they are set.')
    }
    case 'show_request': {
      const result = await readRequest(app, caller.tenantId, subject)
      return isRejection(result) ? result : { ...done(result.title, result.message), status: result.status }
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
