import type { PolicyDocument } from '../../domain/policy/document.ts'
import { nothingKnown, type PolicyFacts, type PolicyMoment } from '../../domain/policy/facts.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Tx } from '../../storage/database.ts'
import { readLimits } from '../../storage/limit.repository.ts'

const hourMs = 3_600_000

/** Only whoever proposes or asks is limited: what was asked for has its place already. */
export const limitFacts = async (
  tx: Tx,
  moment: PolicyMoment,
  incidentId: string,
  { service, diagnosisCode }: Proposal,
  { limits }: PolicyDocument,
): Promise<Pick<PolicyFacts, 'limits' | 'duplicate'>> => {
  if (moment !== 'propose' && moment !== 'request')
    return { limits: nothingKnown.limits, duplicate: nothingKnown.duplicate }
  const mostPerHour = limits.proposalsPerHour
  const known = await readLimits(tx, { service, diagnosisCode }, incidentId, mostPerHour)
  return {
    limits: {
      inLastHour: known.inLastHour,
      mostPerHour,
      nextAt: mostPerHour === 0 ? null : (known.oldestAt?.add({ milliseconds: hourMs }) ?? null),
      backOff: known.backOff,
    },
    duplicate: known.claim,
  }
}
