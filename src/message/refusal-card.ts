import { type Block, bold, type Card, type CardAction, code, plain, type Text } from '../domain/card.ts'
import { type Rejection, rejectionTable } from '../domain/rejection.ts'
import { earliestLine, text } from './words.ts'

/** What a refusal tells, in whatever way it came. */
export interface ToldRefusal extends Pick<Rejection, 'detail' | 'remedy' | 'earliest' | 'facts'> {
  readonly title: string
  /** Of the rule that refused; empty where none did. */
  readonly code: string
  /** Buttons of the next right step. */
  readonly next?: readonly CardAction[]
}

/** No silence: why it was refused, the next right step, what the rule saw, and when it may work. */
export const refusalCard = (rejection: Rejection): Card =>
  toldRefusal({ ...rejection, title: rejectionTable[rejection.code].title })

/** The next step stands first: at 3 a.m. nobody reads on to find it. */
export const toldRefusal = ({
  title,
  code: rule,
  detail,
  remedy,
  earliest,
  facts,
  next = [],
}: ToldRefusal): Card => ({
  kind: 'notice',
  title,
  status: 'Refused',
  tone: 'warning',
  severity: null,
  blocks: [
    ...(remedy === ''
      ? []
      : [{ kind: 'text' as const, text: text(bold('Next: '), remedy), tone: 'warning' as const }]),
    ...(earliest === undefined ? [] : [{ kind: 'text' as const, text: earliestLine(earliest) }]),
    ...(next.length === 0 ? [] : [{ kind: 'actions' as const, actions: next }]),
    { kind: 'text', text: text(bold('Why: '), detail) },
    ...sawBlocks(facts ?? {}),
    ...(rule === '' ? [] : [{ kind: 'context' as const, text: text(`rule: ${rule}`) }]),
  ],
})

/** More than this is in the history; nobody compares more at night. */
const mostFields = 10
const mostCharacters = 150

const sawBlocks = (facts: NonNullable<Rejection['facts']>): Block[] => {
  const fields = Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '')
    .slice(0, mostFields)
    .map(([name, value]) => ({ label: labelOf(name), value: valueOf(value) }))
  return fields.length === 0 ? [] : [{ kind: 'fields', fields }]
}

/** `localTime` and `local_time` as `Local time`. */
const labelOf = (name: string): string => {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/
const id = /^(inc|prop|req|run|frz|sil|bg|away)-\d+$/

const valueOf = (value: string | number | boolean | null): Text => {
  if (typeof value === 'boolean') return [plain(value ? 'yes' : 'no')]
  if (typeof value !== 'string') return [plain(String(value))]
  if (instant.test(value)) return [{ kind: 'time', at: value }]
  if (id.test(value)) return [code(value)]
  return [plain(value.length > mostCharacters ? `${value.slice(0, mostCharacters - 1)}…` : value)]
}
