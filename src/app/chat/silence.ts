import type { Card } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { SilenceKind } from '../../domain/silence.ts'
import type { SilenceWords } from '../../domain/silence-words.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { silenceEndedCard, silenceSetCard, silencesCard } from '../../message/silence-cards.ts'
import type { App } from '../app.ts'
import { listSilences } from '../read/silences.ts'
import { governanceButtonsFor } from '../show/governance-buttons.ts'
import { endSilence } from '../silence/end-silence.ts'
import { setSilence } from '../silence/set-silence.ts'

export const silenceCommand = async (
  app: App,
  caller: Caller,
  kind: SilenceKind,
  { matchers, until, reason }: SilenceWords,
): Promise<Card> => {
  const set = await setSilence(app, caller, { kind, matchers, until, reason })
  if (isRejection(set)) return refusalCard(set)
  return silenceSetCard(set, await governanceButtonsFor(app, caller, 'unsilence', [set.id]))
}

export const silencesCommand = async (app: App, caller: Caller): Promise<Card> => {
  const standing = await listSilences(app, caller.tenantId, { standing: true, limit: 200 })
  if (isRejection(standing)) return refusalCard(standing)
  const shown = standing.items.filter(({ state }) => state !== 'over')
  const ids = shown.map(({ id }) => id)
  return silencesCard(shown, await governanceButtonsFor(app, caller, 'unsilence', ids))
}

export const unsilenceCommand = async (app: App, caller: Caller, id: string): Promise<Card> => {
  const ended = await endSilence(app, caller, id)
  return isRejection(ended) ? refusalCard(ended) : silenceEndedCard(ended)
}
