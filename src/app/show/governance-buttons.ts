import type { CardAction } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import type { ReasonCode, Rejection } from '../../domain/rejection.ts'
import { allows } from '../../domain/rights/allows.ts'
import { buttonRights } from '../../domain/rights/buttons.ts'
import { endSilenceAction, liftAction, reviewAction } from '../../message/governance-actions.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'

const drawnAs = { unfreeze: liftAction, unsilence: endSilenceAction, review: reviewAction }
export type GovernanceButton = keyof typeof drawnAs

/** For a card that everybody sees. */
export const governanceButton = async (
  tx: Tx,
  fresh: () => string,
  command: GovernanceButton,
  id: string,
): Promise<CardAction> => drawnAs[command](await tokenFor(tx, fresh, command, id), id)

export interface WayOut {
  readonly needs: GovernanceButton
  readonly action: CardAction
}

/** What people can take out of the way of what policy refuses. A freeze of the policy file ends with the file alone. */
export const waysOut = async (
  tx: Tx,
  fresh: () => string,
  { code, facts = {} }: Rejection,
): Promise<WayOut[]> => {
  const ways: WayOut[] = []
  for (const { of, fact, needs, ids } of named) {
    if (of !== code) continue
    for (const id of String(facts[fact] ?? '').match(ids) ?? [])
      ways.push({ needs, action: await governanceButton(tx, fresh, needs, id) })
  }
  return ways.slice(0, mostButtons)
}

/** Where each rule names what stands in the way. */
const named: readonly { of: ReasonCode; fact: string; needs: GovernanceButton; ids: RegExp }[] = [
  { of: 'freeze', fact: 'freeze', needs: 'unfreeze', ids: /\bfrz-\d+\b/g },
  { of: 'maintenance', fact: 'maintenance', needs: 'unsilence', ids: /\bsil-\d+\b/g },
  { of: 'mode', fact: 'unreviewed', needs: 'review', ids: /\bbg-\d+\b/g },
]

/** A card has room for so many; its words say how to do the same for the others. */
const mostButtons = 5

/** For an answer to one person: none where they may not. */
export const governanceButtonsFor = async (
  app: App,
  caller: Caller,
  command: GovernanceButton,
  ids: readonly string[],
): Promise<CardAction[]> =>
  ids.length === 0 || !allows(buttonRights[command], caller)
    ? []
    : inTenant(app.store, caller.tenantId, async (tx) => {
        const buttons: CardAction[] = []
        for (const id of ids.slice(0, mostButtons))
          buttons.push(await governanceButton(tx, app.ids.token, command, id))
        return buttons
      })
