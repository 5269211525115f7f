import { type BreakGlassFacts, breakGlassFactsOf } from '../../domain/policy/break-glass.ts'
import type { ModeSetting } from '../../domain/policy/effective-mode.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { settingsFor } from '../../storage/autonomy.repository.ts'
import { unreviewedGlasses } from '../../storage/break-glass.repository.ts'
import type { Tx } from '../../storage/database.ts'

export interface AutonomyFacts {
  readonly settings: readonly ModeSetting[]
  readonly breakGlass: BreakGlassFacts
}

/** How far Suture may go on this service with this playbook, and whether the glass is broken. Sent together. */
export const autonomyFacts = async (
  tx: Tx,
  { service, playbook }: Pick<Proposal, 'service' | 'playbook'>,
): Promise<AutonomyFacts> => {
  const [settings, glasses] = await Promise.all([
    settingsFor(tx, { service, playbook }),
    unreviewedGlasses(tx, service),
  ])
  return { settings, breakGlass: breakGlassFactsOf(glasses, tx.now) }
}
