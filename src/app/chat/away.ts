import type { AwayWords } from '../../domain/away-words.ts'
import type { Card } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { awayCard, awaySetCard, backCard } from '../../message/delegation-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import type { App } from '../app.ts'
import { comeBack } from '../delegation/end-delegation.ts'
import { listDelegations } from '../delegation/list-delegations.ts'
import { setDelegation } from '../delegation/set-delegation.ts'

export const awayCommand = async (app: App, caller: Caller, set: AwayWords | null): Promise<Card> => {
  if (set === null) return awayCard(await listDelegations(app, caller.tenantId))
  const made = await setDelegation(app, caller, set)
  return isRejection(made) ? refusalCard(made) : awaySetCard(made)
}

export const backCommand = async (app: App, caller: Caller): Promise<Card> =>
  backCard(await comeBack(app, caller))
