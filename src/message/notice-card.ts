import type { Severity } from '../domain/alert.ts'
import { bold, type Card, type Tone } from '../domain/card.ts'
import { type Rejection, rejectionTable } from '../domain/rejection.ts'
import { text } from './words.ts'

/** Something to be told: an escalation, a stop, a refusal. */

export interface NoticeCardInput {
  readonly title: string
  /** A word beside the title. */
  readonly status?: string
  readonly text: string
  readonly tone: Tone
  readonly severity?: Severity | null
  /** Small print below, such as ids. */
  readonly context?: string
}

export const noticeCard = (input: NoticeCardInput): Card => ({
  kind: 'notice',
  title: input.title,
  status: input.status ?? '',
  tone: input.tone,
  severity: input.severity ?? null,
  blocks: [
    { kind: 'text', text: text(input.text), tone: input.tone },
    ...(input.context === undefined ? [] : [{ kind: 'context' as const, text: text(input.context) }]),
  ],
})

/** No silence: which rule refused, why, when it may work and what to do instead. */
export const refusalCard = (rejection: Rejection): Card => ({
  kind: 'notice',
  title: rejectionTable[rejection.code].title,
  status: 'Refused',
  tone: 'warning',
  severity: null,
  blocks: [
    { kind: 'text', text: text(rejection.detail), tone: 'warning' },
    ...(rejection.remedy === ''
      ? []
      : [{ kind: 'text' as const, text: text(bold('Instead: '), rejection.remedy) }]),
    ...(rejection.earliest === undefined
      ? []
      : [{ kind: 'text' as const, text: text('Earliest: ', { kind: 'time', at: rejection.earliest }) }]),
    { kind: 'context', text: text(`rule: ${rejection.code}`) },
  ],
})
