import { whenExamples } from './when.ts'

/** What is typed after `/heal away`, taken apart; who and when are looked up later. */
export interface AwayWords {
  readonly until: string
  readonly to: string
}

/** `until WHEN to WHO`; null for nothing at all, which asks who is away; or what is missing. */
export const awayWordsOf = (words: readonly string[]): AwayWords | null | { readonly problem: string } => {
  if (words.length === 0) return null
  const lower = words.map((word) => word.toLowerCase())
  const begun = lower[0] === 'until' || lower[0] === 'for' ? 1 : 0
  const split = lower.lastIndexOf('to')
  const until = words.slice(begun, split < 0 ? undefined : split).join(' ')
  const to = split < 0 ? '' : words.slice(split + 1).join(' ')
  if (until === '') return { problem: `Say until when: ${whenExamples}.` }
  return to === '' ? { problem: 'Say who votes in your stead: to NAME, or a mention.' } : { until, to }
}
