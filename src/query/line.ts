import { bold, plain, type Span, type Text, time } from '../domain/card.ts'

/** Lines of an answer. People are named, never mentioned: an answer about them must not ping them. */

export interface Line {
  readonly text: Text
  readonly tone?: 'good' | 'warning' | 'bad'
}

export type Piece = string | Span | Temporal.Instant | { readonly id: string; readonly name: string }

export const line = (...pieces: readonly Piece[]): Line => ({ text: pieces.flatMap(spansOf) })

export const toned = (tone: NonNullable<Line['tone']>, { text }: Line): Line => ({ text, tone })

const spansOf = (piece: Piece): Span[] => {
  if (typeof piece === 'string') return piece === '' ? [] : [plain(piece)]
  if (piece instanceof Temporal.Instant) return [time(piece)]
  return 'kind' in piece ? [piece] : [bold(piece.name)]
}

/** Other people's words inside a sentence of ours: without the full stop, so that ours can follow. */
export const quoted = (text: string): string => {
  const trimmed = text.trim()
  return trimmed.endsWith('.') ? trimmed.slice(0, -1) : trimmed
}

/** Other people's words at the end of a sentence of ours, with one full stop. */
export const sentence = (text: string): string => {
  const trimmed = text.trim()
  return trimmed === '' || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

export const listed = (items: readonly string[], last = 'and'): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
