import type { Shortened } from './spans.ts'

/** Divides the room of a message among its lines: the short ones stay whole, the long ones share what is left. */

export interface Line {
  /** A risk or a refusal: its beginning is there whatever else has to go. */
  readonly keep: boolean
  /** At most `limit` UTF-16 units. */
  readonly write: (limit: number) => Shortened
}

export interface Fitted {
  /** One text for each line; empty for a line that had to go. */
  readonly texts: readonly string[]
  readonly cut: boolean
}

/** Less than this of a line tells nobody anything. */
const least = 60
/** What must stay takes so much of the room at most, as long as something else is there. */
const keptShare = 0.6

export const fit = (lines: readonly Line[], room: number): Fitted => {
  const whole = lines.map((line) => line.write(room))
  const lengths = whole.map(({ text }) => cost(text))
  if (sum(lengths) <= room && whole.every(({ cut }) => !cut))
    return { texts: whole.map(({ text }) => text), cut: false }

  const kept = indices(lines, true)
  const others = indices(lines, false)
  const want = (which: readonly number[]): number => sum(which.map((at) => lengths[at] ?? 0))
  const forKept = Math.min(want(kept), Math.max(Math.floor(room * keptShare), room - want(others)))
  const shown = firstThatTell(others, lengths, room - forKept)
  const limits = new Map([...share(kept, lengths, forKept), ...share(shown, lengths, room - forKept)])
  return {
    texts: lines.map((line, at) => {
      const limit = (limits.get(at) ?? 0) - 1
      return limit < 1 ? '' : line.write(limit).text
    }),
    cut: true,
  }
}

/** With the line feed behind it. */
const cost = (text: string): number => (text === '' ? 0 : text.length + 1)

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

const indices = (lines: readonly Line[], keep: boolean): number[] =>
  lines.flatMap((line, at) => (line.keep === keep ? [at] : []))

/** The later ones go first when there are too many for each to say something. */
const firstThatTell = (
  which: readonly number[],
  lengths: readonly number[],
  room: number,
): readonly number[] => {
  let left = room
  return which.filter((at) => {
    left -= Math.min(lengths[at] ?? 0, least)
    return left >= 0
  })
}

/** Equal shares; what a short line does not need goes to the longer ones. */
const share = (
  which: readonly number[],
  lengths: readonly number[],
  room: number,
): readonly (readonly [number, number])[] => {
  let left = room
  return which
    .toSorted((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0))
    .map((at, index) => {
      const given = Math.min(lengths[at] ?? 0, Math.floor(left / (which.length - index)))
      left -= given
      return [at, given] as const
    })
}
