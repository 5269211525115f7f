import type { CouldApprove } from '../../domain/policy/could-approve.ts'
import type { TrustFacts } from '../../domain/policy/trust.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { stampsCounted, stampWindow } from '../../domain/rubber-stamp.ts'
import type { Tx } from '../../storage/database.ts'
import { readTrackRecord } from '../../storage/learning.repository.ts'
import { readStamps } from '../../storage/stamp.repository.ts'

/** What this playbook has earned, as of now rather than as of when it was proposed. */
export const trustFacts = async (
  tx: Tx,
  { service, playbook, diagnosisCode }: Pick<Proposal, 'service' | 'playbook' | 'diagnosisCode'>,
  /** Null for Suture, which nobody does a favour. */
  askerId: string | null,
  by: CouldApprove,
): Promise<Omit<TrustFacts, 'review' | 'deny'>> => {
  const [{ worked, tried, last }, { rushed, given }] = await Promise.all([
    readTrackRecord(tx, { service, playbook, code: diagnosisCode }),
    readStamps(tx, askerId, tx.now.subtract(stampWindow), by),
  ])
  return { worked, tried, lastEnded: last, rubberStamps: stampsCounted(rushed, given, askerId) }
}
