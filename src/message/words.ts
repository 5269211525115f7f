import { bold, mention, plain, type Span, type Text } from '../domain/card.ts'
import { sutureItself } from '../domain/person.ts'

/** Small phrases that several cards share. */

/** Somebody a card names. */
export interface Named {
  readonly id: string
  readonly name: string
  /** Who is away, where this one votes in their stead. */
  readonly insteadOf?: string
}

/** `450 ms`, `12 s`, `4 min 30 s`, `1 h 5 min`: two units at most, since nobody plans by the second of an hour. */
export const durationInWords = (ms: number): string => {
  const safe = Number.isFinite(ms) ? Math.max(0, ms) : 0
  if (safe < 1_000) return `${Math.round(safe)} ms`
  const seconds = Math.round(safe / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** `a`, `a and b`, `a, b and c` */
export const listInWords = (items: readonly string[], last = 'and'): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`

/** `1 service`, `3 services` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

/** A person is mentioned so that they notice; Suture is only named. */
export const who = (person: Named): Span => (person.id === sutureItself ? bold('Suture') : mention(person))

export const people = (persons: readonly Named[]): Text =>
  persons.flatMap((person, index): Span[] => {
    const stead = person.insteadOf === undefined ? [] : [plain(` for ${person.insteadOf}`)]
    if (index === 0) return [who(person), ...stead]
    return [plain(index === persons.length - 1 ? ' and ' : ', '), who(person), ...stead]
  })

export const text = (...parts: readonly (string | Span | Text)[]): Text =>
  parts.flatMap((part): readonly Span[] => {
    if (typeof part === 'string') return part === '' ? [] : [plain(part)]
    return Array.isArray(part) ? (part as Text) : [part as Span]
  })

/** When what was refused may be permitted at the earliest: an instant as ISO 8601. */
export const earliestLine = (at: string): Text => text('Earliest: ', { kind: 'time', at })
