import type { Caller, Scope } from '../domain/person.ts'
import { isRejection, type Rejection, reject, rejectionTable } from '../domain/rejection.ts'
import type { CardCommand } from '../storage/card.table.ts'
import { inTenant } from '../storage/database.ts'
import type { App } from './app.ts'
import { decideApproval } from './approval/decide-approval.ts'
import { requestRun } from './approval/request-run.ts'
import { cancelRun } from './run/cancel-run.ts'
import { takeOver } from './take-over.ts'

/** What came of a click, in words for whoever pressed. */
export interface ClickOutcome {
  readonly done: boolean
  readonly title: string
  readonly message: string
  readonly remedy: string
  readonly code: string
}

/**
 * A button was pressed. It carries only an opaque token: what it means stands in a row, and whether this person may do it
 * is decided anew. The click is stored first, so that one which takes long, or dies with the process, is not lost.
 */
export const click = async (app: App, caller: Caller, token: string, note: string): Promise<ClickOutcome> => {
  const button = await storeClick(app, caller, token, note)
  if (button === null)
    return refusal(
      reject(
        'not_found',
        'This button is not known here.',
        'Open the incident again; its card shows what can be done now.',
      ),
    )
  const outcome = await permitted(app, caller, button.command, button.subject, note)
  await inTenant(app.store, caller.tenantId, async (tx) => {
    await tx.db
      .updateTable('click')
      .set({ outcome: JSON.stringify(outcome) })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', button.clickId)
      .execute()
  })
  return outcome
}

interface Button {
  readonly clickId: string
  readonly command: CardCommand
  readonly subject: string
}

/** Null when no such button exists in the caller's tenant; another tenant's buttons do not exist here. */
const storeClick = (app: App, caller: Caller, token: string, note: string): Promise<Button | null> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    const row = await tx.db
      .selectFrom('action_token')
      .select(['command', 'subject'])
      .where('tenant_id', '=', tx.tenantId)
      .where('token', '=', token)
      .executeTakeFirst()
    if (row === undefined) return null
    const clickId = app.ids.uuid()
    await tx.db
      .insertInto('click')
      .values({
        tenant_id: tx.tenantId,
        id: clickId,
        token,
        person_id: caller.person.id,
        note,
        received_at: tx.now,
      })
      .execute()
    return { clickId, ...row }
  })

/** What a key or session must be allowed to do for each button; the person's roles are checked by the command itself. */
const neededScope = {
  request: 'respond',
  cancel: 'respond',
  escalate: 'respond',
  approve: 'approve',
  reject: 'approve',
} as const satisfies Record<CardCommand, Scope>

const permitted = async (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
  note: string,
): Promise<ClickOutcome> =>
  caller.scopes.includes(neededScope[command])
    ? perform(app, caller, command, subject, note)
    : refusal(
        reject(
          'forbidden',
          `This key or session lacks the scope ${neededScope[command]}.`,
          'Use a key that has it, or ask somebody else.',
        ),
      )

const perform = async (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
  note: string,
): Promise<ClickOutcome> => {
  switch (command) {
    case 'request': {
      const result = await requestRun(app, caller, subject)
      if (isRejection(result)) return refusal(result)
      return result.requestId === null
        ? done('Queued', `${result.runId} is queued.`)
        : done('Requested', 'Now somebody else has to approve it.')
    }
    case 'approve':
    case 'reject': {
      const result = await decideApproval(app, caller, {
        requestId: subject,
        decision: command,
        reason: note,
      })
      if (isRejection(result)) return refusal(result)
      if (result.status === 'approved')
        return done('Approved', 'It is queued and runs as soon as its targets are free.')
      if (result.status === 'rejected') return done('Rejected', 'The requester sees your reason.')
      return done('Vote counted', `${result.approvals} so far; more approvals are needed.`)
    }
    case 'cancel': {
      const result = await cancelRun(app, caller, subject)
      if (isRejection(result)) return refusal(result)
      return result.status === 'canceled'
        ? done('Canceled', `${subject} will not run.`)
        : done('Stopping', `${subject} is being stopped; what it did is undone.`)
    }
    case 'escalate': {
      const result = await takeOver(app, caller, subject)
      return isRejection(result)
        ? refusal(result)
        : done('Yours', 'Suture proposes nothing more for this incident.')
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

const refusal = (rejection: Rejection): ClickOutcome => ({
  done: false,
  title: rejectionTable[rejection.code].title,
  message: rejection.detail,
  remedy: rejection.remedy,
  code: rejection.code,
})
