import { type Part, partsOf } from './about.ts'
import { nearestQuestions } from './nearest.ts'
import { matches, wordsOfPattern } from './pattern.ts'
import { type Phrase, phrases } from './phrases.ts'
import type { About, Query } from './query.ts'
import { type KnownService, maxCharacters, tokensOf } from './tokens.ts'

export interface QuestionContext {
  /** The incident of the thread it is asked in; null outside any. */
  readonly incidentId: string | null
  readonly services: readonly KnownService[]
}

export type ParsedQuestion =
  | { readonly understood: true; readonly query: Query }
  | {
      readonly understood: false
      /** `too_long`; `which_one`: it does not say what it is about; `words`: at least one way of putting it is not known. */
      readonly why: 'words' | 'which_one' | 'too_long'
      /** Words that appear in no question Suture knows. */
      readonly unread: readonly string[]
      /** Two questions that it can answer, the nearest ones. */
      readonly nearest: readonly [string, string]
    }

/** Every word must be accounted for, or the question is not understood: a near miss is never answered as if it were a hit. */
export const parseQuestion = (text: string, context: QuestionContext): ParsedQuestion => {
  if (text.length > maxCharacters)
    return { understood: false, why: 'too_long', unread: [], nearest: nearestQuestions([], context) }
  const withNames = partsOf(tokensOf(text, context.services))
  // A service may be called like a word of ours; then the question may still be one without it.
  const readings = [withNames, partsOf(tokensOf(text, []))]
  for (const parts of readings) {
    const phrase = phrases.find((each) => matches(each.pattern, parts))
    if (phrase === undefined) continue
    const about = aboutOf(phrase, parts, context)
    if (about !== null) return { understood: true, query: phrase.query(about) }
    return { understood: false, why: 'which_one', unread: [], nearest: nearestQuestions(withNames, context) }
  }
  return {
    understood: false,
    why: 'words',
    unread: unreadOf(withNames),
    nearest: nearestQuestions(withNames, context),
  }
}

const aboutOf = (phrase: Phrase, parts: readonly Part[], context: QuestionContext): About | null => {
  const said = parts.find((part) => part.kind === 'about')
  const thread: About | null =
    context.incidentId === null ? null : { kind: 'incident', id: context.incidentId }
  if (said !== undefined) return said.about ?? thread
  switch (phrase.unsaid) {
    case 'thread':
      return thread
    case 'everything':
      return { kind: 'everything' }
    case 'thread_or_everything':
      return thread ?? { kind: 'everything' }
  }
}

const vocabulary: ReadonlySet<string> = new Set(phrases.flatMap((phrase) => wordsOfPattern(phrase.pattern)))

const unreadOf = (parts: readonly Part[]): string[] => [
  ...new Set(
    parts.flatMap((part) => (part.kind === 'word' && !vocabulary.has(part.text) ? [part.text] : [])),
  ),
]
