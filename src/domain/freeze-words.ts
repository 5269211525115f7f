import { whenExamples } from './when.ts'

/** What is typed after `/heal freeze`, taken apart; what and when are looked up later. */
export interface FreezeWords {
  /** Empty: everything. */
  readonly what: string
  readonly until: string
  readonly reason: string
}

/** `[WHAT] until WHEN [because WHY]`, or what is missing. `for 2h` says the same as `until 2h`. */
export const parseFreezeWords = (words: readonly string[]): FreezeWords | { readonly problem: string } => {
  const lower = words.map((word) => word.toLowerCase())
  const split = lower.findIndex((word) => word === 'until' || word === 'for')
  if (split < 0) return { problem: `Say until when: ${whenExamples}.` }
  const why = lower.findIndex((word, at) => at > split && word === 'because')
  const until = words.slice(split + 1, why < 0 ? undefined : why).join(' ')
  if (until === '') return { problem: `Say until when: ${whenExamples}.` }
  return {
    what: words.slice(0, split).join(' '),
    until,
    reason: why < 0 ? '' : words.slice(why + 1).join(' '),
  }
}
