import { type Card, type CardAction, code, type Text, time } from '../domain/card.ts'
import { localInWords } from '../domain/policy/calendar-words.ts'
import { chatCard } from './chat-cards.ts'
import { counted, text } from './words.ts'

/** Windows and freezes in a chat. A time stands in the service's zone and, by the platform, in the reader's own. */

export interface FreezeToShow {
  readonly id: string
  readonly what: string
  readonly from: string
  readonly until: string
  readonly reason: string
  readonly setBy: { readonly name: string } | null
}

/** A card has room for so many. */
const most = 20

const moreThan = (all: readonly unknown[]): Text[] =>
  all.length > most ? [text(`And ${all.length - most} more; the console shows all.`)] : []

/** `lift`: buttons for those that whoever asked may lift. */
export const freezesCard = (freezes: readonly FreezeToShow[], lift: readonly CardAction[] = []): Card =>
  freezes.length === 0
    ? chatCard({
        title: 'Nothing is frozen',
        tone: 'good',
        lines: [
          text(
            'An admin or somebody with the role override freezes: ',
            code('/heal freeze checkout until 18:00'),
          ),
        ],
      })
    : chatCard({
        title: `${counted(freezes.length, 'freeze')} in force or ahead`,
        tone: 'warning',
        lines: [
          ...freezes
            .slice(0, most)
            .map(({ id, what, from, until, reason, setBy }) =>
              text(
                code(id),
                ` ${what}, from `,
                at(from),
                ' until ',
                at(until),
                `, set by ${setBy?.name ?? 'the policy'}${reason === '' ? '' : `: ${reason}`}`,
              ),
            ),
          ...moreThan(freezes),
        ],
        actions: lift,
        context: text('To lift one: ', code('/heal unfreeze frz-7')),
      })

export interface FreezeSetToShow {
  readonly id: string
  readonly what: string
  readonly until: Temporal.Instant
  readonly zone: string
  readonly told: number
}

export const freezeSetCard = (set: FreezeSetToShow, lift: readonly CardAction[] = []): Card =>
  chatCard({
    title: `Frozen: ${set.what}`,
    status: set.id,
    tone: 'warning',
    lines: [
      text('Nothing begins on it until ', inBoth(set.until, set.zone), '. What runs already goes on.'),
      text(
        set.told === 0
          ? 'No open incident is touched by it.'
          : `It was told in the ${set.told === 1 ? 'thread' : 'threads'} of ${counted(set.told, 'open incident')}.`,
      ),
    ],
    actions: lift,
    context: text('To lift it: ', code(`/heal unfreeze ${set.id}`)),
  })

export const freezeLiftedCard = ({ id, what }: { readonly id: string; readonly what: string }): Card =>
  chatCard({
    title: `No longer frozen: ${what}`,
    status: id,
    tone: 'good',
    lines: [text('What the freeze refused can be requested again.')],
  })

export interface WindowsToShow {
  readonly service: string
  readonly timeZone: string
  readonly open: boolean
  readonly changesAt: string | null
  readonly windows: readonly string[]
  readonly besides: readonly string[]
  readonly holiday: string | null
  readonly frozenUntil: string | null
}

export const windowsCard = (all: readonly WindowsToShow[]): Card => {
  const [one, ...others] = all
  if (one === undefined)
    return chatCard({ title: 'No services', lines: [text('The catalogue has no service yet.')] })
  if (others.length === 0) return windowsOf(one)
  return chatCard({
    title: 'Change windows',
    lines: [
      ...all.slice(0, most).map((each) => text(code(each.service), ' ', stateLine(each))),
      ...moreThan(all),
    ],
    context: text('More of one: ', code(`/heal windows ${one.service}`)),
  })
}

const windowsOf = (each: WindowsToShow): Card =>
  chatCard({
    title: `Change windows of ${each.service}`,
    status: each.frozenUntil !== null ? 'Frozen' : each.open ? 'Open' : 'Closed',
    tone: each.frozenUntil !== null ? 'warning' : each.open ? 'good' : 'neutral',
    lines: [
      stateLine(each),
      ...(each.windows.length === 0 ? [] : [text(`${each.windows.join(', ')} in ${each.timeZone}`)]),
      ...each.besides.map((line) => text(`For ${line}`)),
    ],
    context: text('Low impact is not bound by windows; a freeze stops everything.'),
  })

const stateLine = (each: WindowsToShow): Text => {
  if (each.frozenUntil !== null)
    return text('Frozen until ', inBoth(Temporal.Instant.from(each.frozenUntil), each.timeZone), '.')
  if (each.windows.length === 0) return text('Always open: the policy has no window for it.')
  const why = each.holiday === null ? '' : ` for a holiday (${each.holiday})`
  if (each.changesAt === null)
    return text(each.open ? 'Open, and stays open.' : `Closed${why}, and does not open in the next 400 days.`)
  const turn = inBoth(Temporal.Instant.from(each.changesAt), each.timeZone)
  return each.open ? text('Open until ', turn, '.') : text(`Closed${why}; opens `, turn, '.')
}

const inBoth = (instant: Temporal.Instant, zone: string): Text =>
  text(
    localInWords(instant, zone),
    zone === 'UTC' ? '' : ` (${localInWords(instant, 'UTC')})`,
    ', ',
    time(instant),
    ' for you',
  )

const at = (iso: string) => time(Temporal.Instant.from(iso))
