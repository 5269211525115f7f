import { type Card, type CardAction, code, time } from '../domain/card.ts'
import { type Matcher, matchersInWords, type SilenceKind } from '../domain/silence.ts'
import { chatCard } from './chat-cards.ts'
import { counted, text } from './words.ts'

/** Silences and maintenance in a chat. */

export interface SilenceToShow {
  readonly id: string
  readonly kind: SilenceKind
  readonly state: 'to_come' | 'in_force' | 'over'
  readonly matchers: readonly Matcher[]
  /** ISO 8601, as is `until`. */
  readonly from: string
  readonly until: string
  readonly reason: string
  readonly setBy: { readonly name: string }
  readonly alerts: number
}

/** A card has room for so many. */
const most = 20

/** `end`: buttons for those that whoever asked may end. */
export const silencesCard = (silences: readonly SilenceToShow[], end: readonly CardAction[] = []): Card =>
  silences.length === 0
    ? chatCard({
        title: 'Nothing is silenced',
        tone: 'good',
        lines: [
          text('To silence something: ', code('/heal silence service=checkout until 18:00 because deploy')),
        ],
      })
    : chatCard({
        title: `${counted(silences.length, 'silence')} in force or ahead`,
        lines: [
          ...silences.slice(0, most).map(lineOf),
          ...(silences.length > most
            ? [text(`And ${silences.length - most} more; the console shows all.`)]
            : []),
        ],
        actions: end,
        context: text('To end one: ', code('/heal unsilence sil-7')),
      })

const lineOf = (each: SilenceToShow) =>
  text(
    code(each.id),
    ` ${each.kind === 'maintenance' ? 'maintenance of ' : ''}${whatOf(each)}, `,
    ...(each.state === 'to_come' ? ['from ', at(each.from), ' '] : []),
    'until ',
    at(each.until),
    `, set by ${each.setBy.name}: ${each.reason}. ${each.alerts === 0 ? 'It has kept nothing quiet yet.' : `It has kept ${counted(each.alerts, 'alert')} quiet.`}`,
  )

export interface SilenceSetToShow {
  readonly id: string
  readonly kind: SilenceKind
  readonly matchers: readonly Matcher[]
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly reason: string
}

export const silenceSetCard = (set: SilenceSetToShow, end: readonly CardAction[] = []): Card =>
  chatCard({
    title: set.kind === 'maintenance' ? `Maintenance: ${whatOf(set)}` : `Silenced: ${whatOf(set)}`,
    status: set.id,
    lines: [
      text('From ', time(set.from), ' until ', time(set.until), `: ${set.reason}.`),
      text(
        set.kind === 'maintenance'
          ? 'New alerts of it are kept and open nothing, and Suture proposes nothing for it. What fires already stays as it is.'
          : 'New alerts of it are kept and open nothing. What fires already stays as it is.',
      ),
      text('What still fires at the end opens an incident then.'),
    ],
    actions: end,
    context: text('To end it before: ', code(`/heal unsilence ${set.id}`)),
  })

export const silenceEndedCard = ({ id, what }: { readonly id: string; readonly what: string }): Card =>
  chatCard({
    title: `No longer silenced: ${what}`,
    status: id,
    tone: 'good',
    lines: [text('What still fires opens an incident now.')],
  })

/** The service alone where it is of nothing else. */
const whatOf = ({ matchers }: { readonly matchers: readonly Matcher[] }): string => {
  const [only] = matchers
  return matchers.length === 1 && only?.label === 'service' && only.operator === '='
    ? only.value
    : matchersInWords(matchers)
}

const at = (iso: string) => time(Temporal.Instant.from(iso))
