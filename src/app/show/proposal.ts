import { actionCatalogue } from '../../domain/actions/index.ts'
import { parametersOf } from '../../domain/narrow-parameter.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf, type Verdict } from '../../domain/policy/verdict.ts'
import { isRejection } from '../../domain/rejection.ts'
import { stagesOf } from '../../domain/stages.ts'
import { proposalCard } from '../../message/proposal-card.ts'
import type { ProposalState } from '../../message/proposal-state.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import {
  type ApprovalRequestRow,
  type ProposalRow,
  type RunRow,
  requestOfRun,
  type VoteRow,
  votesOfRequest,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { overrideVerdict } from '../approval/override-verdict.ts'
import type { Outbound } from '../commit.ts'
import { type Asking, policyFacts } from '../policy-facts.ts'
import { drawGate } from './gate.ts'
import { waysOut } from './governance-buttons.ts'
import { type CardInThread, postCards } from './post-cards.ts'
import { askedOf, decisionTokens, type NameOf, stateOf } from './request-state.ts'

/** What a caller holds already, as it stands after its own changes; the rest is read. */
export interface KnownOfProposal {
  readonly proposal: ProposalRow
  readonly incident: IncidentRow
  readonly run: RunRow
  readonly request: ApprovalRequestRow
  readonly votes: readonly VoteRow[]
  /** Of requester and voters. */
  readonly nameOf?: NameOf
}

/**
 * Draws one proposal as it stands in the database now, and the last of its gates: buttons only while they can do something.
 * With `known` it is what that run waits for: the proposal, or a gate of it.
 */
export const drawProposal = async (
  app: App,
  tx: Tx,
  out: Outbound,
  proposalId: string,
  known?: KnownOfProposal,
): Promise<CardInThread[]> => {
  if (known !== undefined && known.run.follows !== null) return drawGate(app, tx, known, known.nameOf)
  const [{ proposal, incident }, run] =
    known === undefined
      ? await Promise.all([load(tx, proposalId), latestRun(tx, proposalId)])
      : [known, known.run]
  const gate =
    known === undefined && stagesOf(proposal.body.plan).length > 1
      ? await drawLatestGate(app, tx, proposal, incident)
      : []
  const request = known?.request ?? (run === undefined ? undefined : await requestOfRun(tx, run.id))
  const votes = known?.votes ?? (request === undefined ? [] : await votesOfRequest(tx, request.id))
  const state = await stateOf(app, tx, { proposal, incident, run, request, votes }, known?.nameOf)
  const configuration = await app.configuration.of(tx.tenantId)
  const playbook = configuration.playbooks.find(
    (loaded) => loaded.digest === proposal.playbook_digest,
  )?.playbook
  const fresh = app.ids.token
  const now = isOffered(state) ? await lookNow(app, tx, incident, proposal, state) : null
  const isEditable = playbook !== undefined && Object.keys(playbook.parameters).length > 0
  const tokens =
    now !== null
      ? await requestTokens(tx, fresh, proposal.id, now)
      : state.kind === 'waiting' && request !== undefined
        ? await decisionTokens(tx, fresh, request.id)
        : null
  const edit = tokens !== null && isEditable ? { edit: await tokenFor(tx, fresh, 'edit', proposal.id) } : {}
  // The list's one line of what goes on follows from proposals and runs.
  out.changed('incident', incident.id)
  return [
    {
      key: `proposal/${proposal.id}`,
      kind: 'proposal',
      incidentId: incident.id,
      service: incident.service,
      card: proposalCard({
        id: proposal.id,
        incidentId: incident.id,
        proposal: proposal.body,
        verdict: now?.verdict ?? askedOf(proposal.verdict, request),
        state,
        tokens: { ...tokens, ...edit },
        ...(playbook === undefined ? {} : { specs: parametersOf(playbook, actionCatalogue) }),
      }),
    },
    ...gate,
  ]
}

export const showProposal = async (...given: Parameters<typeof drawProposal>): Promise<void> => {
  const [app, tx, out] = given
  await postCards(app, tx, out, await drawProposal(...given))
}

export const showProposalsOfIncident = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incidentId: string,
): Promise<void> => {
  const rows = await tx.db
    .selectFrom('proposal')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('rank')
    .execute()
  for (const { id } of rows) await showProposal(app, tx, out, id)
}

const isOffered = ({ kind }: ProposalState): boolean => kind === 'open' || kind === 'blocked'

/** Whoever asks: the card is drawn for everybody. */
const anybody: Asking = { requesterId: 'person_anybody', overrides: [] }

/** What was refused before may be let past now, by the hour or by an override: the card offers what would work. */
const lookNow = async (
  app: App,
  tx: Tx,
  incident: IncidentRow,
  { body, verdict }: ProposalRow,
  state: ProposalState,
): Promise<{ verdict: Verdict; overridable: boolean }> => {
  if (state.kind === 'open' && verdict.outcome !== 'deny') return { verdict, overridable: false }
  const { facts } = await policyFacts(app, tx, 'request', incident, body, anybody)
  const now = evaluatePolicy(facts)
  return { verdict: now, overridable: now.outcome === 'deny' && !isRejection(overrideVerdict(facts)) }
}

const requestTokens = async (
  tx: Tx,
  fresh: () => string,
  proposalId: string,
  { verdict, overridable }: { readonly verdict: Verdict; readonly overridable: boolean },
) => {
  const request = await tokenFor(tx, fresh, 'request', proposalId)
  const denial = denialOf(verdict)
  const ways = denial === null ? [] : await waysOut(tx, fresh, denial)
  return {
    request,
    ...(overridable ? { requestOverride: await tokenFor(tx, fresh, 'request_override', proposalId) } : {}),
    waysOut: ways.map(({ action }) => action),
  }
}

const load = async (
  tx: Tx,
  proposalId: string,
): Promise<{ proposal: ProposalRow; incident: IncidentRow }> => {
  const proposal = await tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', proposalId)
    .executeTakeFirstOrThrow()
  const incident = await tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', proposal.incident_id)
    .executeTakeFirstOrThrow()
  return { proposal, incident }
}

const latestRun = (tx: Tx, proposalId: string): Promise<RunRow | undefined> =>
  tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('proposal_id', '=', proposalId)
    .where('follows', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Gates before it have been passed: their cards stay as they are. */
const drawLatestGate = async (
  app: App,
  tx: Tx,
  proposal: ProposalRow,
  incident: IncidentRow,
): Promise<CardInThread[]> => {
  const run = await tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('proposal_id', '=', proposal.id)
    .where('follows', 'is not', null)
    .orderBy('created_at', 'desc')
    .orderBy('stage', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (run === undefined) return []
  const request = await requestOfRun(tx, run.id)
  const votes = request === undefined ? [] : await votesOfRequest(tx, request.id)
  return drawGate(app, tx, { proposal, incident, run, request, votes })
}
