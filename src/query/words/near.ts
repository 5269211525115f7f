import { slip } from './spelling.ts'

/** Words to look among for what somebody meant: by length and letters first, so that few are compared letter by letter. */
export interface Near<T> {
  /** The nearest one and how far it is; null where none is near. `tied`: others that mean something else are as near. */
  readonly nearest: (
    typed: string,
  ) => { readonly value: T; readonly slips: number; readonly tied: boolean } | null
}

interface Entry<T> {
  readonly word: string
  readonly value: T
  readonly letters: number
}

export const nearAmong = <T>(
  words: Iterable<readonly [string, T]>,
  same: (one: T, other: T) => boolean,
): Near<T> => {
  const byLength = new Map<number, Entry<T>[]>()
  for (const [word, value] of words) {
    const entries = byLength.get(word.length) ?? []
    entries.push({ word, value, letters: lettersOf(word) })
    byLength.set(word.length, entries)
  }
  return {
    nearest: (typed) => {
      const letters = lettersOf(typed)
      let best: { value: T; slips: number; tied: boolean } | null = null
      for (let length = typed.length - mostSlips; length <= typed.length + mostSlips; length += 1)
        for (const entry of byLength.get(length) ?? []) {
          // A slip changes at most one letter for another.
          if (bitsIn(letters ^ entry.letters) > 2 * mostSlips) continue
          const slips = slip(typed, entry.word)
          if (slips === null || (best !== null && slips > best.slips)) continue
          const tied: boolean =
            best !== null && best.slips === slips && (best.tied || !same(best.value, entry.value))
          best = { value: entry.value, slips, tied }
        }
      return best
    },
  }
}

const mostSlips = 2

/** Which letters there are, one bit each. */
const lettersOf = (word: string): number => {
  let bits = 0
  for (let at = 0; at < word.length; at += 1) bits |= 1 << (word.charCodeAt(at) & 31)
  return bits
}

const bitsIn = (bits: number): number => {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count += 1
  return count
}
