import { exchanged, slip } from './spelling.ts'

/** Words to look among for what somebody meant: by length and letters first, so that few are compared letter by letter. */
export interface Near<T> {
  /** The nearest one and how far it is; null where none is near. `tied`: others that mean something else are as near. */
  readonly nearest: (
    typed: string,
  ) => { readonly value: T; readonly slips: number; readonly tied: boolean } | null
}

interface Best<T> {
  readonly word: string
  readonly value: T
  readonly slips: number
  readonly tied: boolean
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
      const rivals: T[] = []
      let best: Best<T> | null = null
      for (let length = typed.length - mostSlips; length <= typed.length + mostSlips; length += 1)
        for (const entry of byLength.get(length) ?? []) {
          // A slip changes at most one letter for another.
          if (bitsIn(letters ^ entry.letters) > 2 * mostSlips) continue
          const slips = slip(typed, entry.word)
          if (slips === null && oneOther(typed, entry.word)) rivals.push(entry.value)
          if (slips === null || (best !== null && slips > best.slips)) continue
          const found: Best<T> = { word: entry.word, value: entry.value, slips, tied: false }
          if (best === null || slips < best.slips) best = found
          else if (kin(best.word, entry.word)) best = nearerOf(typed, best, found)
          else best = tiedTo(best, !same(best.value, entry.value))
        }
      // `decine` may be `decline`, but as well `decide`, which alone would be too short a word to guess.
      const found: Best<T> | null = best
      return found === null || rivals.every((value) => same(value, found.value)) ? found : tiedTo(found, true)
    },
  }
}

const mostSlips = 2

const tiedTo = <T>({ word, value, slips, tied }: Best<T>, other: boolean): Best<T> => ({
  word,
  value,
  slips,
  tied: tied || other,
})

/** One letter is another. */
const oneOther = (one: string, other: string): boolean =>
  one.length === other.length && [...one].filter((letter, at) => letter !== other[at]).length === 1

/** Forms of one word, such as `approve` and `approved`; between two words that are none nobody guesses. */
const kin = (one: string, other: string): boolean =>
  one.slice(0, -1) === other.slice(0, one.length - 1) || other.slice(0, -1) === one.slice(0, other.length - 1)

/** Of two forms that are equally far, people meant the one with the same letters, or with the same end as what they typed. */
const nearerOf = <T>(typed: string, one: Best<T>, other: Best<T>): Best<T> =>
  strayed(typed, other.word) < strayed(typed, one.word) ? { ...other, tied: one.tied } : one

const strayed = (typed: string, word: string): number =>
  exchanged(typed, word) ? 0 : typed.at(-1) === word.at(-1) ? 1 : 2

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
