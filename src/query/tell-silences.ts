import { bold } from '../domain/card.ts'
import type { Found, SilenceFact } from './answer.ts'
import { counted, type Line, line, listed, quoted, toned } from './line.ts'

/** Why it is quiet. Where nothing was silenced, quiet means that no alert came. */
export const tellSilences = ({ service, silences }: Extract<Found, { subject: 'silences' }>): Line[] => {
  if (silences.length === 0)
    return [
      toned(
        'good',
        line(
          service === null
            ? 'Nothing is silenced.'
            : `No silence has kept alerts of ${service} quiet in the last 30 days, and none stands.`,
        ),
      ),
      line('Where it was quiet, no alert was received.'),
    ]
  return silences.map(tell)
}

const tell = (silence: SilenceFact): Line => {
  const { id, kind, what, state, from, until, reason, setBy, alerts, titles } = silence
  return line(
    bold(kind === 'maintenance' ? `Maintenance of ${what}` : what),
    ` (${id}) ${state === 'over' ? 'was' : state === 'in_force' ? 'is' : 'will be'} silenced from `,
    from,
    ' until ',
    until,
    ', set by ',
    setBy,
    `: ${quoted(reason)}. `,
    alerts === 0
      ? 'No alert of it was kept quiet.'
      : `It kept ${counted(alerts, 'alert')} quiet: ${listed(titles)}${alerts > titles.length ? ' and more' : ''}.`,
  )
}
