/** Random numbers that a seed repeats: where a case strikes, and how long it waits, must be told again exactly. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  readonly next: () => number
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number
  /** The same members in another order. */
  readonly shuffled: <T>(members: readonly T[]) => T[]
}

const spread = 0x6d2b79f5
const whole = 2 ** 32

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + spread) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / whole
  }
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    shuffled: (members) => {
      const left = [...members]
      return members
        .map(() => left.splice(between(0, left.length - 1), 1)[0])
        .filter((each) => each !== undefined)
    },
  }
}

/** A seed out of a text, the same on every machine. */
export const seedOf = (text: string): number =>
  [...text].reduce(
    (seed, letter) => Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0,
    2_166_136_261,
  )
