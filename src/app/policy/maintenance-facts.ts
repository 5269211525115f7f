import type { PolicyFacts, PolicyMoment } from '../../domain/policy/facts.ts'
import { isInForce, mayConcern } from '../../domain/silence.ts'
import type { Tx } from '../../storage/database.ts'
import { asSilence, standingSilences } from '../../storage/silence.repository.ts'

/** Only what Suture does by itself is held back by it. */
export const maintenanceFacts = async (
  tx: Tx,
  moment: PolicyMoment,
  service: string,
): Promise<PolicyFacts['maintenance']> => {
  if (moment !== 'propose') return null
  const found = (await standingSilences(tx)).find(
    (row) =>
      row.kind === 'maintenance' && isInForce(asSilence(row), tx.now) && mayConcern(row.matchers, service),
  )
  return found === undefined ? null : { id: found.id, until: found.until_at, reason: found.reason }
}
