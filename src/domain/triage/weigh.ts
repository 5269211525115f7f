import type { Finding } from './facts.ts'

/**
 * A rule's arithmetic. Evidence for adds points, evidence against multiplies by a factor below 1, so that a single strong
 * fact against can outweigh several weak ones for, and no weight gets below 0.
 *
 * Points, as judgement calls that the table tests hold in place: an alert's name 3, a probe that shows it plainly 4 to 6, a
 * health check that names the culprit 6 to 8.
 */
export const points = {
  name: 3,
  probe: 4,
  plainProbe: 6,
  warningCheck: 4,
  failingCheck: 6,
  namedCulprit: 8,
} as const

/** How much is left after evidence against: `refuted` when it can hardly be true any more. */
export const factors = { refuted: 0.1, unlikely: 0.4, explained: 0.5, doubtful: 0.7 } as const

export interface Weigher {
  readonly support: (weight: number, ...sentences: readonly string[]) => void
  readonly oppose: (factor: number, sentence: string) => void
  readonly hint: (name: string, value: string) => void
  readonly finding: () => Finding
}

export const startWeighing = (base = 0): Weigher => {
  let sum = base
  let factor = 1
  const evidenceFor = new Set<string>()
  const evidenceAgainst = new Set<string>()
  const hints = new Map<string, string>()
  return {
    support: (weight, ...sentences) => {
      sum += weight
      for (const sentence of sentences) evidenceFor.add(sentence)
    },
    oppose: (by, sentence) => {
      factor *= by
      evidenceAgainst.add(sentence)
    },
    // The first hint wins: rules look at the strongest fact first.
    hint: (name, value) => {
      if (!hints.has(name)) hints.set(name, value)
    },
    finding: () => ({
      weight: sum * factor,
      evidenceFor: [...evidenceFor],
      evidenceAgainst: [...evidenceAgainst],
      hints: Object.fromEntries(hints),
    }),
  }
}
