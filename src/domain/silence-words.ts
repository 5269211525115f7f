import { type FreezeWords, parseFreezeWords } from './freeze-words.ts'
import { type Matcher, matcherOf } from './silence.ts'

/** What is typed after `/heal silence` or `/heal maintenance`, taken apart; services and times are looked up later. */
export interface SilenceWords {
  readonly matchers: readonly Matcher[]
  readonly until: string
  readonly reason: string
}

/** `service=checkout severity!=critical until 18:00 because deploy`. A bare word is a service. */
export const parseSilenceWords = (words: readonly string[]): SilenceWords | { readonly problem: string } => {
  const parsed: FreezeWords | { readonly problem: string } = parseFreezeWords(words)
  if ('problem' in parsed) return parsed
  const { what, until, reason } = parsed
  const matchers = what.split(/[\s,]+/).flatMap((word) => (word === '' ? [] : [matcherOf(word)]))
  if (matchers.length === 0)
    return { problem: 'Say what to silence, such as service=checkout or alertname=~High*.' }
  if (reason === '') return { problem: 'Say why: because deploy. Whoever wonders about the quiet reads it.' }
  return { matchers, until, reason }
}
