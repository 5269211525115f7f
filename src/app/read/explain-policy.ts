import type { AuditEvent } from '../../domain/audit.ts'
import type { Role } from '../../domain/person.ts'
import { rulingOf } from '../../domain/policy/data-rule.ts'
import { evaluatePolicy, policyRules } from '../../domain/policy/evaluate.ts'
import type { PolicyFacts, PolicyMoment } from '../../domain/policy/facts.ts'
import type { Verdict, VerdictOutcome } from '../../domain/policy/verdict.ts'
import type { Rejection } from '../../domain/rejection.ts'
import { timelineText } from '../../message/timeline-text.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { type PolicyVerdictRow, verdictsOf } from '../../storage/policy.repository.ts'
import {
  findProposal,
  findRun,
  type ProposalRow,
  permitOfRun,
  type RunRow,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { type Asking, policyFacts, sutureAsks } from '../policy-facts.ts'
import { type Details, detailsOf } from './timeline.ts'

/** Why a proposal may or may not run: what was said of it when, and what every rule says of it now. */
export interface PolicyExplained {
  readonly proposalId: string
  readonly runId: string | null
  readonly service: string
  readonly playbook: string
  readonly said: SaidThen[]
  readonly now: {
    readonly moment: PolicyMoment
    readonly policyVersion: string
    readonly verdict: Verdict
    readonly rules: SaidNow[]
  }
}

export interface SaidThen {
  readonly moment: PolicyMoment
  /** ISO 8601. */
  readonly at: string
  readonly text: string
  /** Null where what the rules said was not kept: only that they were asked, and what came of it. */
  readonly reasons: Reason[] | null
  /** Null where it was not kept. */
  readonly kept: KeptVerdict | null
}

export interface KeptVerdict {
  readonly policyVersion: string
  readonly outcome: VerdictOutcome
  readonly quorum: number
  readonly approverRoles: Role[]
  readonly requiredRoles: Role[]
  readonly requiredGroups: string[]
  /** What the rules saw then. */
  readonly facts: Record<string, unknown>
}

export interface SaidNow {
  /** As the code calls it, or `rules.ID` of the policy file. */
  readonly rule: string
  readonly outcome: VerdictOutcome
  /** Null: it has nothing to say. */
  readonly reason: Reason | null
}

export type Reason = Pick<Rejection, 'code' | 'detail' | 'remedy'> & {
  readonly facts: NonNullable<Rejection['facts']> | null
  /** ISO 8601: when it may be permitted; null where no rule knows. */
  readonly earliest: string | null
}

const momentOf: Partial<Record<AuditEvent, PolicyMoment>> = {
  approval_requested: 'request',
  approval_vote: 'decide',
  approval_granted: 'decide',
  approval_rejected: 'decide',
  run_queued: 'decide',
  run_started: 'run',
  run_blocked: 'run',
  refused: 'request',
}

/** Null where there is no such run or proposal. Changes nothing. */
export const explainPolicy = (app: App, tenantId: string, id: string): Promise<PolicyExplained | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const run = id.startsWith('run-') ? await findRun(tx, id) : undefined
    const proposal = await findProposal(tx, run?.proposal_id ?? id)
    if (proposal === undefined || (id.startsWith('run-') && run === undefined)) return null
    // Not locked: this only looks.
    const incident = await tx.db
      .selectFrom('incident')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', proposal.incident_id)
      .executeTakeFirstOrThrow()
    const moment = run === undefined ? 'propose' : 'run'
    const asking = run === undefined ? sutureAsks : await askingOf(tx, run)
    const { facts, policyVersion } = await policyFacts(app, tx, moment, incident, proposal.body, asking)
    return {
      proposalId: proposal.id,
      runId: run?.id ?? null,
      service: proposal.body.service,
      playbook: proposal.playbook,
      said: await saidThen(tx, proposal, run),
      now: { moment, policyVersion, verdict: evaluatePolicy(facts), rules: saidNow(facts) },
    }
  })

const outcomeInWords = {
  allow: 'it might run without anybody being asked',
  require_approval: 'people had to approve it',
  deny: 'it was refused',
} as const satisfies Record<VerdictOutcome, string>

const askingOf = async (tx: Tx, run: RunRow): Promise<Asking> => ({
  requesterId: run.requester_id,
  overrides: (await permitOfRun(tx, run.id))?.overrides ?? [],
})

/** From the audit log: the request, votes, refusals and the start that belong to it; with what policy said in the same commit. */
const saidThen = async (tx: Tx, proposal: ProposalRow, run: RunRow | undefined): Promise<SaidThen[]> => {
  const kept = await verdictsOf(tx, proposal.id, run?.id ?? null, mostEntries)
  const proposed: Told = {
    moment: 'propose',
    at: proposal.created_at,
    text: `${proposal.id} was proposed: ${outcomeInWords[proposal.verdict.outcome]}.`,
    reasons: proposal.verdict.reasons.map(asReason),
  }
  return atOneTime([proposed, ...(await toldThen(tx, proposal, run))], kept)
}

interface Told {
  readonly moment: PolicyMoment
  readonly at: Temporal.Instant
  readonly text: string
  readonly reasons: Reason[] | null
}

/** A commit has one time: what it wrote into the audit log, and the verdict that it rested on, are told as one. */
const atOneTime = (told: readonly Told[], kept: readonly PolicyVerdictRow[]): SaidThen[] => {
  const atSame = new Map<string, Told[]>()
  for (const each of told) {
    const at = inMs(each.at)
    // Without a verdict there is nothing that holds them together.
    const key = kept.some((row) => inMs(row.at) === at) ? at : `${at} ${each.moment} ${each.text}`
    atSame.set(key, [...(atSame.get(key) ?? []), each])
  }
  return [...atSame.values()].flatMap((each) => {
    const [first] = each
    if (first === undefined) return []
    const verdict = kept.find((row) => inMs(row.at) === inMs(first.at))
    return [
      {
        moment: verdict?.moment ?? first.moment,
        at: first.at.toString(),
        text: each.map(({ text }) => text).join(' '),
        reasons: verdict === undefined ? first.reasons : verdict.reasons.map(asReason),
        kept: verdict === undefined ? null : asKept(verdict),
      },
    ]
  })
}

const inMs = (at: Temporal.Instant): string => String(at.epochMilliseconds)

const asKept = (row: PolicyVerdictRow): KeptVerdict => ({
  policyVersion: row.policy_version,
  outcome: row.outcome,
  quorum: row.quorum,
  approverRoles: row.approver_roles,
  requiredRoles: row.required_roles,
  requiredGroups: row.required_groups,
  facts: row.facts,
})

const toldThen = async (tx: Tx, proposal: ProposalRow, run: RunRow | undefined): Promise<Told[]> => {
  const requests = await tx.db
    .selectFrom('approval_request')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('proposal_id', '=', proposal.id)
    .$if(run !== undefined, (query) => query.where('run_id', '=', run?.id ?? ''))
    .execute()
  const subjects = [proposal.id, ...(run === undefined ? [] : [run.id]), ...requests.map((row) => row.id)]
  const rows = await tx.db
    .selectFrom('audit_entry')
    .select(['at', 'event', 'actor', 'subject', 'bytes'])
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', proposal.incident_id)
    .where('subject', 'in', subjects)
    .where('event', 'in', Object.keys(momentOf) as AuditEvent[])
    .orderBy('seq')
    .limit(mostEntries)
    .execute()
  const refOf = await namesOf(
    tx,
    rows.map((row) => row.actor),
  )
  return rows.map((row) => {
    const details = detailsOf(row.bytes)
    const moment = momentOf[row.event] ?? 'request'
    return {
      // A refused vote is of the request's id; a refused request of the proposal's.
      moment: row.event === 'refused' && row.subject !== proposal.id ? 'decide' : moment,
      at: row.at,
      text: timelineText({
        event: row.event,
        actor: refOf(row.actor).name,
        subject: row.subject,
        details,
        nameOf: (person) => refOf(person).name,
      }),
      reasons: keptReason(details),
    }
  })
}

const mostEntries = 100

const keptReason = (details: Details): Reason[] | null => {
  const { reason_code: code, detail, facts } = details
  if (typeof code !== 'string' || typeof detail !== 'string') return null
  return [
    {
      code: code as Rejection['code'],
      detail,
      remedy: '',
      earliest: null,
      facts: typeof facts === 'object' && facts !== null ? (facts as NonNullable<Rejection['facts']>) : null,
    },
  ]
}

const saidNow = (facts: PolicyFacts): SaidNow[] => [
  ...policyRules.map((rule) => said(rule.name, rule(facts))),
  ...facts.rules.map((rule) => said(`rules.${rule.id}`, rulingOf(rule))),
]

const said = (
  rule: string,
  { outcome, reason }: { readonly outcome: VerdictOutcome; readonly reason?: Rejection },
): SaidNow => ({ rule, outcome, reason: reason === undefined ? null : asReason(reason) })

const asReason = ({ code, detail, remedy, facts, earliest }: Rejection): Reason => ({
  code,
  detail,
  remedy,
  facts: facts ?? null,
  earliest: earliest ?? null,
})
