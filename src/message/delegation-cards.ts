import { type Card, code, type Text, time } from '../domain/card.ts'
import { chatCard } from './chat-cards.ts'
import { type Named, text } from './words.ts'

/** Who is away, and who votes in their stead. */

export interface AwayLine {
  readonly person: Named
  readonly delegate: Named
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly holds: boolean
}

const lineOf = ({ person, delegate, from, until, holds }: AwayLine): Text =>
  text(
    `${delegate.name} votes for ${person.name} `,
    holds ? '' : text('from ', time(from), ' '),
    'until ',
    time(until),
    '.',
  )

export const awayCard = (lines: readonly AwayLine[]): Card =>
  chatCard({
    title: 'Who is away',
    lines:
      lines.length === 0
        ? [
            text(
              'Nobody is away. To have somebody vote for you: ',
              code('/heal away until 18:00 to NAME'),
              '.',
            ),
          ]
        : lines.map(lineOf),
  })

export const awaySetCard = (line: AwayLine): Card =>
  chatCard({
    title: 'You are away',
    lines: [
      lineOf(line),
      text('Neither of you votes where the other has. To be back before: ', code('/heal back'), '.'),
    ],
  })

export const backCard = (ended: readonly AwayLine[]): Card =>
  chatCard({
    title: 'You are back',
    lines: [
      ended.length === 0
        ? text('Nobody was to vote for you.')
        : text(
            `${ended.map(({ delegate }) => delegate.name).join(' and ')} votes for you no more. What was voted stays.`,
          ),
    ],
  })
