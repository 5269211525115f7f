import { impactRank } from '../../domain/action.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { policyFacts } from '../policy-facts.ts'

/**
 * What policy refuses to somebody may leave another way to heal that does less harm. Of what is offered for the same incident
 * the best that has less impact, and that policy does not refuse them now, is named in the refusal.
 */
export const withAlternative = async (
  app: App,
  tx: Tx,
  asked: { readonly incident: IncidentRow; readonly proposal: ProposalRow; readonly requesterId: string },
  refusal: Rejection,
): Promise<Rejection> => {
  const found = await alternativeTo(app, tx, asked)
  if (found === null) return refusal
  return {
    ...refusal,
    remedy: `${refusal.remedy} ${alternativeInWords(found)}`.trim(),
    facts: { ...refusal.facts, alternative: found.id },
  }
}

/** As in `Permitted now instead: Flush circuits (low impact), prop-8.` */
export const alternativeInWords = ({ id, body }: Pick<ProposalRow, 'id' | 'body'>): string =>
  `Permitted now instead: ${body.playbookTitle} (${body.impact} impact), ${id}.`

type WithImpact = Pick<Proposal, 'impact'>

export const isMilder = (one: WithImpact, other: WithImpact): boolean =>
  impactRank(one.impact) < impactRank(other.impact)

const alternativeTo = async (
  app: App,
  tx: Tx,
  { incident, proposal, requesterId }: Parameters<typeof withAlternative>[2],
): Promise<ProposalRow | null> => {
  const offered = await tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incident.id)
    .where('withdrawn_at', 'is', null)
    .orderBy('rank')
    .execute()
  for (const each of offered) {
    if (!isMilder(each.body, proposal.body)) continue
    const { facts } = await policyFacts(app, tx, 'request', incident, each.body, {
      requesterId,
      overrides: [],
    })
    if (evaluatePolicy(facts).outcome !== 'deny') return each
  }
  return null
}
