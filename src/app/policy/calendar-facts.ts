import type { FreezeInForce } from '../../domain/policy/calendar.ts'
import type { Matched } from '../../domain/policy/match.ts'
import type { Tx } from '../../storage/database.ts'
import { freezesOf } from '../../storage/freeze.repository.ts'
import type { Configuration } from '../app.ts'

/** Freezes that somebody has set by a command and that hold for it; those of the policy come from the policy. */
export const freezesSet = (tx: Tx, configuration: Configuration, about: Matched): Promise<FreezeInForce[]> =>
  freezesOf(tx, {
    service: about.service,
    owner: configuration.serviceOf(about.service)?.owner ?? null,
    playbook: about.playbook,
  })
