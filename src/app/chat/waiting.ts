import { decideApproval } from '../../domain/approval.ts'
import { type Block, bold, type Card, code } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { groupsOf } from '../../domain/quorum.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { gateBefore } from '../../domain/stages.ts'
import type { Standing } from '../../domain/standing.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { rejectPrompt } from '../../message/proposal-state.ts'
import { earliestLine, text } from '../../message/words.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { ApprovalRequestRow, ProposalRow, VoteRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { countedVotes } from '../approval/counted-votes.ts'
import { asDomain } from '../approval/lock-request.ts'
import { votersOf } from '../identity/standing-now.ts'
import { type GovernanceRow, governanceOf, policyFacts } from '../policy-facts.ts'
import type { ChatContext } from './options.ts'

/** One request that nobody has decided yet, as one person sees it. */
export interface Waiting {
  readonly requestId: string
  readonly incidentId: string
  readonly proposalId: string
  readonly title: string
  readonly service: string
  readonly requester: string
  readonly expiresAt: Temporal.Instant
  /** Why this person may not approve it; null when they may. */
  readonly refusal: Rejection | null
  readonly tokens: { readonly approve?: string; readonly reject?: string }
}

/** What is read; more than this is told as a number. */
const mostRead = 50

/** Those first that this person may decide, and of these the one that expires soonest. */
export const waitingFor = (app: App, caller: Caller): Promise<Waiting[]> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('approval_request')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('status', '=', 'pending')
      .where('expires_at', '>', tx.now)
      .orderBy('expires_at')
      .limit(mostRead)
      .execute()
    if (rows.length === 0) return []
    const [nameOf, tokens, around] = await Promise.all([
      namesOf(
        tx,
        rows.map((row) => row.requester_id),
      ),
      tokensOf(
        tx,
        rows.map((row) => row.id),
      ),
      readAround(app, tx, rows),
    ])
    const waiting: Waiting[] = []
    for (const row of rows) {
      const proposal = around.proposals.get(row.proposal_id)
      const incident = around.incidents.get(row.incident_id)
      if (proposal === undefined || incident === undefined) continue
      const votes = around.votes.filter((vote) => vote.request_id === row.id)
      const { governance, voters } = around
      waiting.push({
        requestId: row.id,
        incidentId: row.incident_id,
        proposalId: row.proposal_id,
        title: titleOf(proposal, around.stages.get(row.run_id) ?? 0),
        service: proposal.body.service,
        requester: nameOf(row.requester_id).name,
        expiresAt: row.expires_at,
        refusal: await refusalOf(app, tx, caller, { row, proposal, incident, votes, voters, governance }),
        tokens: tokens.get(row.id) ?? {},
      })
    }
    return waiting.sort((one, other) => Number(one.refusal !== null) - Number(other.refusal !== null))
  })

const titleOf = ({ body }: ProposalRow, stage: number): string => {
  const gate = gateBefore(body.plan, stage)
  return gate === null ? body.playbookTitle : `${gate.title} ${body.playbookTitle}`
}

interface Around {
  readonly row: ApprovalRequestRow
  readonly proposal: ProposalRow
  readonly incident: IncidentRow
  readonly votes: readonly VoteRow[]
  readonly voters: ReadonlyMap<string, Standing>
  readonly governance: GovernanceRow
}

/** What the requests are judged by, for all of them at once: a home page is drawn again with every press. */
const readAround = async (app: App, tx: Tx, rows: readonly ApprovalRequestRow[]) => {
  const [proposals, incidents, votes, voters, governance, gated] = await Promise.all([
    tx.db
      .selectFrom('proposal')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where(
        'id',
        'in',
        rows.map((row) => row.proposal_id),
      )
      .execute(),
    tx.db
      .selectFrom('incident')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where(
        'id',
        'in',
        rows.map((row) => row.incident_id),
      )
      .execute(),
    tx.db
      .selectFrom('approval_decision')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where(
        'request_id',
        'in',
        rows.map((row) => row.id),
      )
      .execute(),
    votersOf(
      app,
      tx,
      rows.map((row) => row.id),
    ),
    governanceOf(tx),
    tx.db
      .selectFrom('run')
      .select(['id', 'stage'])
      .where('tenant_id', '=', tx.tenantId)
      .where('stage', '>', 0)
      .where(
        'id',
        'in',
        rows.map((row) => row.run_id),
      )
      .execute(),
  ])
  return {
    proposals: new Map(proposals.map((row) => [row.id, row])),
    incidents: new Map(incidents.map((row) => [row.id, row])),
    votes,
    voters,
    governance,
    stages: new Map(gated.map(({ id, stage }) => [id, stage])),
  }
}

const refusalOf = async (
  app: App,
  tx: Tx,
  { person }: Caller,
  { row, proposal, incident, votes, voters, governance }: Around,
): Promise<Rejection | null> => {
  const configuration = await app.configuration.of(tx.tenantId)
  const decided = decideApproval(asDomain(row), person, 'approve', {
    now: tx.now,
    votes: countedVotes(votes, voters, configuration),
    groups: groupsOf(configuration.policy.document.groups, person.id),
  })
  if (isRejection(decided)) return decided
  const { facts } = await policyFacts(
    app,
    tx,
    'decide',
    incident,
    proposal.body,
    { requesterId: row.requester_id, overrides: row.overrides },
    governance,
  )
  return denialOf(evaluatePolicy(facts))
}

const tokensOf = async (tx: Tx, requestIds: readonly string[]): Promise<Map<string, Waiting['tokens']>> => {
  const rows =
    requestIds.length === 0
      ? []
      : await tx.db
          .selectFrom('action_token')
          .select(['token', 'command', 'subject'])
          .where('tenant_id', '=', tx.tenantId)
          .where('subject', 'in', requestIds)
          .where('command', 'in', ['approve', 'reject'])
          .execute()
  const found = new Map<string, { approve?: string; reject?: string }>()
  for (const { token, command, subject } of rows)
    found.set(subject, { ...found.get(subject), [command]: token })
  return found
}

/** Discord lets a message have 40 parts, and each of these takes four with its buttons. */
const mostShown = 7

export const approvalsCard = async ({ app }: ChatContext, caller: Caller): Promise<Card> => {
  const waiting = await waitingFor(app, caller)
  if (waiting.length === 0)
    return chatCard({ title: 'Nothing waits for you', lines: [text('No request for approval is open.')] })
  const mine = waiting.filter((each) => each.refusal === null).length
  const more = waiting.length - mostShown
  const card = chatCard({
    title: mine === 0 ? 'Nothing waits for you' : 'What waits for you',
    status: mine === 0 ? '' : String(mine),
    tone: mine === 0 ? 'neutral' : 'warning',
    lines: [],
  })
  return {
    ...card,
    blocks: [
      ...waiting.slice(0, mostShown).flatMap(waitingBlocks),
      ...(more > 0 ? [{ kind: 'context' as const, text: text(`and ${more} more`) }] : []),
    ],
  }
}

/** What it is, who asks, until when; buttons for whoever may decide, the reason for whoever may not. */
export const waitingBlocks = (waiting: Waiting): Block[] => {
  const { title, service, requester, expiresAt, refusal, tokens, requestId, incidentId } = waiting
  const about: Block = {
    kind: 'text',
    text: text(
      bold(`${title} on ${service}`),
      `, requested by ${requester} for ${incidentId} (`,
      code(requestId),
      '), until ',
      { kind: 'time', at: expiresAt.toString() },
      '.',
    ),
  }
  if (refusal !== null)
    return [
      about,
      { kind: 'text', text: text(`${refusal.detail} ${refusal.remedy}`.trim()) },
      ...(refusal.earliest === undefined
        ? []
        : [{ kind: 'text' as const, text: earliestLine(refusal.earliest) }]),
    ]
  if (tokens.approve === undefined || tokens.reject === undefined)
    return [about, { kind: 'text', text: text(code(`/heal approve ${requestId}`), ' approves it.') }]
  return [
    about,
    {
      kind: 'actions',
      actions: [
        { token: tokens.approve, label: 'Approve', style: 'primary' },
        {
          token: tokens.reject,
          label: 'Reject',
          style: 'danger',
          prompt: rejectPrompt({ playbookTitle: title }),
        },
      ],
    },
  ]
}
