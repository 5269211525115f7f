import { type Text, time } from '../domain/card.ts'
import type { Asked, Needed } from '../domain/quorum.ts'
import { neededInWords } from './proposal-state.ts'
import { whoMayInWords } from './reminder-words.ts'
import { counted, type Named, people, text } from './words.ts'

/** What is told of a request that still waits when a shift ends. */

export interface HandOverFacts {
  readonly requestId: string
  /** Such as `Restart on checkout`. */
  readonly what: string
  readonly off: readonly Named[]
  readonly on: readonly Named[]
  /** When `on` hand over in turn. */
  readonly onUntil: Temporal.Instant
  /** Whether somebody of `on` may decide; if not, whether one of them has asked or voted already. */
  readonly onMay: 'yes' | 'had_a_say' | 'no'
  /** Votes that were cast. */
  readonly votes: number
  readonly asked: Asked
  readonly needed: Needed
  /** Some of those who may decide. */
  readonly may: readonly (Named & { readonly onShift: boolean })[]
  readonly others: boolean
  readonly until: Temporal.Instant
  readonly refusedBy: string | null
}

export const handOverTitle = 'Handed over with the shift'

const whether = {
  yes: '. ',
  had_a_say: ', who has had a say already: somebody else decides. ',
  no: ', who may not decide this: a shift gives no right. ',
} as const satisfies Record<HandOverFacts['onMay'], string>

export const handOverText = (facts: HandOverFacts): Text =>
  text(
    `${facts.what} still waits for approval. The shift of ${facts.off.map(({ name }) => name).join(' and ') || 'nobody who is left'} has ended. `,
    facts.on.length === 0
      ? 'Nobody who is left is on now. '
      : text('On now: ', people(facts.on), ', until ', time(facts.onUntil), whether[facts.onMay]),
    `${neededInWords(facts.needed)}, until `,
    time(facts.until),
    facts.votes === 0
      ? ''
      : `; ${counted(facts.votes, 'vote')} that ${facts.votes === 1 ? 'was' : 'were'} cast ${facts.votes === 1 ? 'stands' : 'stand'}`,
    '. ',
    whoMayInWords({ ...facts, people: facts.may }),
  )
