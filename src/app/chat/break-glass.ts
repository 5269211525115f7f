import type { BreakGlassWords } from '../../domain/break-glass-words.ts'
import { bold, type Card, type CardAction, code, type Text } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import type { App } from '../app.ts'
import { endBreakGlass } from '../break-glass/end.ts'
import { openBreakGlass } from '../break-glass/open.ts'
import { reviewBreakGlass } from '../break-glass/review.ts'
import { type BreakGlassView, listBreakGlasses } from '../read/break-glass.ts'
import { governanceButtonsFor } from '../show/governance-buttons.ts'

export const breakGlassCommand = async (app: App, caller: Caller, words: BreakGlassWords): Promise<Card> => {
  switch (words.what) {
    case 'list':
      return listCard(app, caller, await listBreakGlasses(app, caller.tenantId))
    case 'open':
      return glassCard(app, caller, await openBreakGlass(app, caller, words))
    case 'end':
      return glassCard(app, caller, await endBreakGlass(app, caller, words.id))
  }
}

export const reviewCommand = async (app: App, caller: Caller, id: string, note: string): Promise<Card> =>
  glassCard(app, caller, await reviewBreakGlass(app, caller, id, note))

const mostListed = 8

const listCard = async (app: App, caller: Caller, glasses: readonly BreakGlassView[]): Promise<Card> => {
  const now = glasses.filter(({ state }) => state !== 'reviewed')
  return chatCard({
    title: now.length === 0 ? 'No glass is broken' : 'Break-glass',
    tone: now.some(({ state }) => state === 'open') ? 'bad' : now.length > 0 ? 'warning' : 'good',
    lines:
      now.length === 0
        ? [text('An admin breaks it: ', code('/heal break-glass checkout for 30m because why'), '.')]
        : now.slice(0, mostListed).flatMap((glass) => [about(glass), next(glass)]),
    actions: await reviewButtons(app, caller, now),
  })
}

/** For whoever may review them, and has not broken them. */
const reviewButtons = (app: App, caller: Caller, glasses: readonly BreakGlassView[]): Promise<CardAction[]> =>
  governanceButtonsFor(
    app,
    caller,
    'review',
    glasses
      .filter(({ state, openedBy }) => state === 'unreviewed' && openedBy.id !== caller.person.id)
      .map(({ id }) => id),
  )

const glassCard = async (app: App, caller: Caller, glass: BreakGlassView | Rejection): Promise<Card> =>
  isRejection(glass)
    ? refusalCard(glass)
    : chatCard({
        title: titles[glass.state],
        status: glass.id,
        tone: ({ open: 'bad', unreviewed: 'warning', reviewed: 'good' } as const)[glass.state],
        lines: [about(glass), next(glass)],
        actions: await reviewButtons(app, caller, [glass]),
      })

const titles = {
  open: 'The glass is broken',
  unreviewed: 'The glass is whole again',
  reviewed: 'Reviewed',
} as const satisfies Record<BreakGlassView['state'], string>

const about = ({ id, service, reason, openedBy, until }: BreakGlassView): Text =>
  text(
    bold(`${id} for ${service ?? 'all services'}`),
    ` by ${openedBy.name}, until `,
    { kind: 'time', at: until },
    `: ${reason}`,
  )

const next = ({ id, state, reviewedBy, note }: BreakGlassView): Text => {
  switch (state) {
    case 'open':
      return text(
        'One person with the role override or admin approves. ',
        code(`/heal break-glass end ${id}`),
        ' ends it.',
      )
    case 'unreviewed':
      return text(
        'Suture does no more than propose there until somebody else reviews it: ',
        code(`/heal review ${id} what you saw`),
        '.',
      )
    case 'reviewed':
      return text(`${reviewedBy?.name ?? 'Somebody'} reviewed it: ${note}`)
  }
}
