import type { Card, CardAction, Text, Tone } from '../domain/card.ts'
import { text } from './words.ts'

export { refusalCard } from './refusal-card.ts'

/** Something to be told: an escalation, a stop, a refusal. */

export interface NoticeCardInput {
  readonly title: string
  /** A word beside the title. */
  readonly status?: string
  readonly text: string | Text
  readonly tone: Tone
  /** Small print below, such as ids. */
  readonly context?: string
  /** When Suture looks again by itself: an instant as ISO 8601. */
  readonly lookAgainAt?: string
  readonly actions?: readonly CardAction[]
}

export const noticeCard = (input: NoticeCardInput): Card => ({
  kind: 'notice',
  title: input.title,
  status: input.status ?? '',
  tone: input.tone,
  severity: null,
  blocks: [
    { kind: 'text', text: text(input.text), tone: input.tone },
    ...(input.lookAgainAt === undefined
      ? []
      : [
          {
            kind: 'text' as const,
            text: text('Suture looks again at ', { kind: 'time', at: input.lookAgainAt }, '.'),
          },
        ]),
    ...(input.actions === undefined || input.actions.length === 0
      ? []
      : [{ kind: 'actions' as const, actions: input.actions }]),
    ...(input.context === undefined ? [] : [{ kind: 'context' as const, text: text(input.context) }]),
  ],
})
