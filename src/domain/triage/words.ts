import type { TriageAlert } from './facts.ts'

/** How alert rules are named in practice: `InstanceDown`, `HighErrorRate`, `CPU Usage High`, `http_5xx_rate`. */

/** A match in the alert's name counts in full, one in its summary only for half: summaries mention much in passing. */
const inSummary = 0.5

export interface WordMatch {
  /** 0, 0.5 or 1. */
  readonly strength: number
  readonly sentences: readonly string[]
}

/** `KubePodOOMKilled` -> `kube pod oom killed`: patterns are written once, for all ways of spelling. */
export const wordsOf = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/[_\-./:]+/g, ' ')
    .replace(/\s+/g, ' ')
    .toLowerCase()

const namesOf = (alert: TriageAlert): string => wordsOf(`${alert.title} ${alert.labels['alertname'] ?? ''}`)

/** The strongest match over all alerts; one sentence for every distinct alert that matched. */
export const matchWords = (alerts: readonly TriageAlert[], pattern: RegExp, meaning: string): WordMatch => {
  let strength = 0
  const sentences = new Set<string>()
  for (const alert of alerts) {
    const found = pattern.test(namesOf(alert)) ? 1 : pattern.test(wordsOf(alert.summary)) ? inSummary : 0
    if (found === 0) continue
    strength = Math.max(strength, found)
    sentences.add(
      found === 1
        ? `The alert ${quoted(alert.title)} is named for ${meaning}.`
        : `The summary of alert ${quoted(alert.title)} speaks of ${meaning}.`,
    )
  }
  return { strength, sentences: [...sentences] }
}

const quoted = (title: string): string => `“${title}”`
