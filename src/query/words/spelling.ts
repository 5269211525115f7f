import { editDistance } from '../../domain/edit-distance.ts'

/** Tolerant spelling: bounded, and never a guess between two. */

/** Longer words are compared with nothing: the work of one comparison is bounded. */
const longest = 40

/**
 * How far a typed word is from a known one, or null when it is too far to be the same word mistyped. Of short words another
 * letter makes another word (`fired`, `fixed`), so there only a letter too many, too few or exchanged is forgiven.
 */
export const slip = (typed: string, known: string): number | null => {
  if (known.length < 4 || typed.length < 4) return null
  // `web-1` is no slip for `web-2`.
  if (digitsIn(typed) !== digitsIn(known)) return null
  if (known.length < 7 && typed[0] !== known[0]) return null
  const most = Math.min(known.length, typed.length) < 8 ? 1 : 2
  if (Math.abs(typed.length - known.length) > most || typed.length > longest) return null
  const far = editDistance(typed, known)
  if (far === 0 || far > most) return null
  if (known.length === 4 && !exchanged(typed, known)) return null
  if (known.length < 7 && typed.length === known.length && !exchanged(typed, known)) return null
  return far
}

/** The same letters in another order. */
export const exchanged = (one: string, other: string): boolean =>
  one.length === other.length && [...one].sort().join('') === [...other].sort().join('')

const digitsIn = (word: string): string => word.replaceAll(/[^0-9]/g, '')
