import type { CardAction } from '../domain/card.ts'
import type { Caller } from '../domain/person.ts'
import type { Rejection } from '../domain/rejection.ts'
import { allows } from '../domain/rights/allows.ts'
import { buttonRights } from '../domain/rights/buttons.ts'
import { isTerminal } from '../domain/run.ts'
import { overridePrompt } from '../message/proposal-state.ts'
import { tokenFor } from '../storage/card.repository.ts'
import type { CardCommand } from '../storage/card.table.ts'
import { inTenant, type Tx } from '../storage/database.ts'
import { findProposal, findRun } from '../storage/run.repository.ts'
import type { App } from './app.ts'
import { waysOut } from './show/governance-buttons.ts'

/**
 * Buttons beneath a refusal: what whoever was refused may do instead, here and now. Like every button they carry no right;
 * what they ask for is decided anew when they are pressed.
 */
export const nextSteps = (
  app: App,
  caller: Caller,
  command: CardCommand,
  subject: string,
  rejection: Rejection,
): Promise<readonly CardAction[]> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    const steps = await stepsFor(tx, app.ids.token, command, subject, rejection)
    return steps.filter(({ needs }) => may(caller, needs)).map(({ action }) => action)
  })

interface Step {
  readonly needs: CardCommand
  readonly action: CardAction
}

const stepsFor = async (
  tx: Tx,
  fresh: () => string,
  command: CardCommand,
  subject: string,
  rejection: Rejection,
): Promise<Step[]> => {
  const instead = await milder(tx, fresh, rejection)
  if (command === 'request' && rejection.overridable === true)
    return [...instead, ...(await override(tx, fresh, subject, instead.length === 0 ? 'primary' : 'plain'))]
  if (command === 'request_override' && rejection.code === 'invalid') return request(tx, fresh, subject)
  if (rejection.code === 'duplicate_request')
    return [...(await showFirst(tx, fresh, rejection)), ...(await cancelFirst(tx, fresh, rejection))]
  if ((command === 'approve' || command === 'reject') && rejection.code === 'expired')
    return requestAgain(tx, fresh, subject)
  return [...instead, ...(await waysOut(tx, fresh, rejection))]
}

/** What has less impact and policy permits, as the refusal names it. */
const milder = async (tx: Tx, fresh: () => string, { facts = {} }: Rejection): Promise<Step[]> => {
  const id = facts['alternative']
  const proposal = typeof id === 'string' ? await findProposal(tx, id) : undefined
  return proposal === undefined
    ? []
    : request(tx, fresh, proposal.id, `Request ${proposal.body.playbookTitle}`)
}

const override = async (
  tx: Tx,
  fresh: () => string,
  proposalId: string,
  style: CardAction['style'],
): Promise<Step[]> => {
  const proposal = await findProposal(tx, proposalId)
  if (proposal === undefined || proposal.withdrawn_at !== null) return []
  const token = await tokenFor(tx, fresh, 'request_override', proposalId)
  const prompt = overridePrompt(proposal.body)
  return [{ needs: 'request_override', action: { token, label: 'Ask for an override', style, prompt } }]
}

const request = async (
  tx: Tx,
  fresh: () => string,
  proposalId: string,
  label = 'Request',
): Promise<Step[]> => {
  const proposal = await findProposal(tx, proposalId)
  if (proposal === undefined || proposal.withdrawn_at !== null) return []
  const token = await tokenFor(tx, fresh, 'request', proposalId)
  return [{ needs: 'request', action: { token, label, style: 'primary' } }]
}

const showFirst = async (tx: Tx, fresh: () => string, { facts = {} }: Rejection): Promise<Step[]> => {
  const first = facts['first']
  if (typeof first !== 'string') return []
  const token = await tokenFor(tx, fresh, 'show_request', first)
  return [{ needs: 'show_request', action: { token, label: 'Show the first request', style: 'primary' } }]
}

/** What stands in the way is named by the rule: the run, or the request and its run. */
const cancelFirst = async (tx: Tx, fresh: () => string, { facts = {} }: Rejection): Promise<Step[]> => {
  const runId = facts['run'] ?? facts['first']
  const run = typeof runId === 'string' ? await findRun(tx, runId) : undefined
  if (run === undefined || isTerminal(run.status)) return []
  const token = await tokenFor(tx, fresh, 'cancel', run.id)
  return [{ needs: 'cancel', action: { token, label: `Cancel ${run.id}`, style: 'danger' } }]
}

const requestAgain = async (tx: Tx, fresh: () => string, requestId: string): Promise<Step[]> => {
  const asked = await tx.db
    .selectFrom('approval_request')
    .select('proposal_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', requestId)
    .executeTakeFirst()
  return asked === undefined ? [] : request(tx, fresh, asked.proposal_id)
}

const may = (caller: Caller, command: CardCommand): boolean => {
  const right = buttonRights[command]
  return right !== undefined && allows(right, caller)
}
