import type { Severity } from './alert.ts'
import type { Chart } from './chart.ts'
import type { FormField } from './form.ts'

/** One message in a thread, for every chat alike. Text is spans, never markup, so alert text can't ping or forge. */

export type Span =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'bold'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'mention'; readonly personId: string; readonly name: string }
  /** ISO 8601; each chat shows it in the reader's own zone, to the minute unless the second tells things apart. */
  | { readonly kind: 'time'; readonly at: string; readonly precision?: 'second' }

export type Text = readonly Span[]

export const stepMarks = [
  'waiting',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'unknown',
  'undone',
] as const
export type StepMark = (typeof stepMarks)[number]

export interface CardStep {
  readonly title: string
  readonly mark: StepMark
  readonly detail: string
}

export interface CardAction {
  /** An opaque ActionToken: it carries no rights. */
  readonly token: string
  readonly label: string
  readonly style: 'primary' | 'danger' | 'plain'
  /** Asks for text before it is sent (reject with reason); for one answer a field, where there are fields. */
  readonly prompt?: {
    readonly title: string
    readonly label: string
    readonly required: boolean
    readonly fields?: readonly FormField[]
  }
}

export type Tone = 'neutral' | 'info' | 'good' | 'warning' | 'bad'

export type Block =
  | { readonly kind: 'text'; readonly text: Text; readonly tone?: Tone }
  | { readonly kind: 'fields'; readonly fields: readonly { readonly label: string; readonly value: Text }[] }
  | {
      readonly kind: 'steps'
      readonly title: string
      readonly steps: readonly CardStep[]
      readonly done: number
      readonly total: number
    }
  | { readonly kind: 'context'; readonly text: Text }
  /** Beside the same figures in words: a chat that takes no picture loses none of them. */
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'actions'; readonly actions: readonly CardAction[] }

/** Steps that people are asked about: none has begun, so they are a numbered list and no progress. */
export const isPlan = (kind: CardKind, steps: readonly CardStep[]): boolean =>
  kind === 'proposal' && steps.every(({ mark }) => mark === 'waiting')

export const cardKinds = ['incident', 'evidence', 'proposal', 'run', 'outcome', 'answer', 'notice'] as const
export type CardKind = (typeof cardKinds)[number]

export interface Card {
  readonly kind: CardKind
  readonly title: string
  /** A word beside the title: the state it shows, such as `Waiting for approval`. */
  readonly status: string
  readonly tone: Tone
  /** The incident's, on its own card alone: repeated on every card of its thread it would tell nothing. */
  readonly severity: Severity | null
  readonly blocks: readonly Block[]
}

export const plain = (text: string): Span => ({ kind: 'plain', text })
export const bold = (text: string): Span => ({ kind: 'bold', text })
export const code = (text: string): Span => ({ kind: 'code', text })
export const time = (at: Temporal.Instant): Extract<Span, { kind: 'time' }> => ({
  kind: 'time',
  at: at.toString(),
})
export const timeToSecond = (at: Temporal.Instant): Span => ({ ...time(at), precision: 'second' })
export const mention = (person: { id: string; name: string }): Span => ({
  kind: 'mention',
  personId: person.id,
  name: person.name,
})

export const chartsOf = ({ blocks }: Card): Chart[] =>
  blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []))

/** For where pictures of its charts stand beside it. */
export const withoutCharts = (card: Card): Card => ({
  ...card,
  blocks: card.blocks.filter(({ kind }) => kind !== 'chart'),
})
