import { actionCatalogue } from '../../domain/actions/index.ts'
import { editParameters, refuseParameters } from '../../domain/edit-parameters.ts'
import type { Caller } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident } from '../../storage/incident.repository.ts'
import {
  findProposal,
  liveRunsOfIncident,
  moveRun,
  type ProposalRow,
  type RunRow,
  requestOfRun,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { overrideVerdict } from '../approval/override-verdict.ts'
import { openRun } from '../approval/request-run.ts'
import { withdrawRequest } from '../approval/withdraw-request.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { policyFacts } from '../policy-facts.ts'
import { finishRun } from '../run/finish-run.ts'
import { showProposal } from '../show/proposal.ts'
import { storeProposal } from './store-proposal.ts'

export interface Edited {
  /** The new proposal; the old one is withdrawn. */
  readonly proposalId: string
  readonly runId: string
  /** Null when the policy allowed the run without asking anybody. */
  readonly requestId: string | null
}

/**
 * Other values for the parameters of a proposal. What was proposed never changes: a new proposal takes its place, votes for the
 * old one count for nothing, and whoever edited is the requester of the new one. Refused as a whole, or done as a whole.
 */
export const editProposal = async (
  app: App,
  caller: Caller,
  proposalId: string,
  parameters: unknown,
): Promise<Edited | Rejection> => {
  try {
    return await commit(app, caller.tenantId, (tx, out) => edit(app, tx, out, caller, proposalId, parameters))
  } catch (error) {
    if (!(error instanceof NotEdited)) throw error
    const { rejection, incidentId } = error
    if (incidentId === null) return rejection
    const about = { actor: caller.person.id, subject: proposalId, incidentId, command: 'edit' }
    return commit(app, caller.tenantId, async (_, out) => refused(out, about, rejection))
  }
}

/** Takes back what this transaction has done so far; the refusal is written down by the next one. */
class NotEdited extends Error {
  readonly rejection: Rejection
  readonly incidentId: string | null
  constructor(rejection: Rejection, incidentId: string | null) {
    super(rejection.detail)
    this.rejection = rejection
    this.incidentId = incidentId
  }
}

const edit = async (
  app: App,
  tx: Tx,
  out: Outbound,
  caller: Caller,
  proposalId: string,
  parameters: unknown,
): Promise<Edited> => {
  const seen = await findProposal(tx, proposalId)
  if (seen === undefined)
    throw new NotEdited(
      reject(
        'not_found',
        `There is no proposal ${proposalId}.`,
        'Open the incident to see what is proposed.',
      ),
      null,
    )
  // Read again under the lock: while this waited, it may have been withdrawn.
  const [incident, old, standing, [live]] = await Promise.all([
    lockIncident(tx, seen.incident_id),
    findProposal(tx, proposalId),
    standingNow(app, tx, caller.person.id),
    liveRunsOfIncident(tx, seen.incident_id),
  ])
  if (incident === undefined || old === undefined)
    throw new Error(`${proposalId} has no incident ${seen.incident_id}`)
  const stop = (rejection: Rejection): NotEdited => new NotEdited(rejection, incident.id)
  const mayOnlyLook = reject(
    'forbidden',
    `${caller.person.name} may look, but not edit.`,
    'Ask someone with the role responder.',
  )
  const refusal =
    refuseWithout(app, caller.person, standing, ['responder', 'approver'], mayOnlyLook) ??
    refuseEdit(incident, old, live)
  if (refusal !== null) throw stop(refusal)
  const configuration = await app.configuration.of(tx.tenantId)
  const loaded = configuration.playbooks.find(({ digest }) => digest === old.playbook_digest)
  if (loaded === undefined)
    throw stop(
      reject(
        'stale',
        `The playbook ${old.playbook} has changed since ${old.id} was proposed.`,
        'Use the newest proposal in the thread.',
      ),
    )
  const { id, name } = caller.person
  const edited = editParameters(old.body, loaded.playbook, parameters, { id, name }, actionCatalogue)
  if (!edited.ok) throw stop(refuseParameters(edited.problems))
  if (edited.proposal.edited?.changes.length === 0)
    throw stop(
      reject(
        'invalid',
        `Nothing would change: ${old.id} has these values already.`,
        'Change a value, or request it as it is.',
      ),
    )
  const override = live === undefined ? null : await takeBack(app, tx, out, caller, { run: live, old })
  await withdraw(tx, old.id)
  const asked = await policyFacts(app, tx, 'request', incident, edited.proposal, {
    requesterId: id,
    overrides: [],
  })
  const plain = evaluatePolicy(asked.facts)
  // An override was asked for when policy refused; where it refuses no more, none is needed.
  const judged =
    override === null || plain.outcome !== 'deny'
      ? { verdict: plain, overrides: [] }
      : overrideVerdict(asked.facts)
  if (isRejection(judged)) throw stop(judged)
  const { verdict } = judged
  const denial = denialOf(verdict)
  if (denial !== null) throw stop(denial)
  const fresh = await storeProposal(app, tx, out, {
    incident,
    configuration,
    proposal: edited.proposal,
    verdict,
    rank: old.rank,
    madeBy: id,
  })
  out.audit(
    {
      event: 'proposal_edited',
      actor: id,
      subject: fresh.id,
      details: {
        instead_of: old.id,
        via: caller.via,
        changes: (edited.proposal.edited?.changes ?? []).map((change) => ({ ...change })),
      },
    },
    incident.id,
  )
  const requested = await openRun(app, tx, out, {
    facts: { ...asked.facts, overrides: judged.overrides },
    incident,
    proposal: fresh,
    verdict,
    policyVersion: asked.policyVersion,
    requester: { id },
    ...(override === null || judged.overrides.length === 0
      ? {}
      : { override: { layers: judged.overrides, reason: override } }),
  })
  if (isRejection(requested)) throw stop(requested)
  await showProposal(app, tx, out, old.id)
  return { proposalId: fresh.id, ...requested }
}

const refuseEdit = (
  incident: IncidentRow,
  { id, withdrawn_at }: ProposalRow,
  live: RunRow | undefined,
): Rejection | null => {
  if (incident.status === 'resolved')
    return reject(
      'precondition',
      `${incident.id} has resolved: there is nothing left to heal.`,
      'Nothing to do. Should the alert fire again, Suture looks anew.',
      { facts: { incident: incident.id, incidentStatus: incident.status } },
    )
  if (withdrawn_at !== null)
    return reject(
      'stale',
      `${id} was withdrawn: newer evidence or an edit has taken its place.`,
      'Use the newest proposal in the thread.',
    )
  if (live === undefined) return null
  if (live.proposal_id !== id)
    return reject(
      'duplicate_request',
      `${live.id} is already ${live.status.replaceAll('_', ' ')} for ${incident.id}.`,
      'Wait for it, or cancel it first.',
      { facts: { first: live.id } },
    )
  if (live.status === 'pending_approval' && live.stage > 0)
    return reject(
      'already_decided',
      `${live.id} waits at a gate of ${id}: what was done before it was done with the old values.`,
      'Approve or reject it as it is; once it has ended, edit and request anew.',
    )
  return live.status === 'pending_approval'
    ? null
    : reject(
        'already_decided',
        `${id} is approved already and ${live.status.replaceAll('_', ' ')} as ${live.id}.`,
        'An approver revokes the approval first, or somebody cancels the run.',
      )
}

/** What waits for votes is taken back, with the votes. Returns the reason of an override that it asked for, or null. */
const takeBack = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { person }: Caller,
  { run, old }: { readonly run: RunRow; readonly old: ProposalRow },
): Promise<string | null> => {
  const why = `${person.name} edited its parameters`
  const request = await requestOfRun(tx, run.id)
  await withdrawRequest(tx, out, run, 'canceled', why, person.id)
  const canceled = await moveRun(tx, run, 'canceled', {
    cause: 'superseded',
    reason: why,
    finished_at: tx.now,
  })
  await finishRun(app, tx, out, canceled, {
    recovery: 'not_measured',
    proposal: old,
    toldByProposal: true,
  })
  return request === undefined || request.overrides.length === 0 ? null : request.override_reason
}

const withdraw = (tx: Tx, proposalId: string) =>
  tx.db
    .updateTable('proposal')
    .set({ withdrawn_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', proposalId)
    .execute()
