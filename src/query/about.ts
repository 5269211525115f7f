import type { About } from './query.ts'
import type { Token } from './tokens.ts'

/** `in inc-42`, `to the checkout service`, `with this`: taken together as one thing the question is about. */
export type Part =
  | { readonly kind: 'word'; readonly text: string }
  /** Null is what the thread is about. */
  | { readonly kind: 'about'; readonly about: About | null }

const prepositions = new Set('in to with on for of about during at regarding'.split(' '))
const articles = new Set('the this that our'.split(' '))
const nouns = new Set(
  'incident alert outage issue problem thread run request proposal approval service ticket'.split(' '),
)
const pronouns = new Set('it this that here'.split(' '))

export const partsOf = (tokens: readonly Token[]): Part[] => {
  const parts: Part[] = []
  for (let at = 0; at < tokens.length; ) {
    const found = aboutAt(tokens, at)
    const token = tokens[at]
    if (found !== null) parts.push({ kind: 'about', about: found.about })
    else if (token?.kind === 'word') parts.push({ kind: 'word', text: token.text })
    at += found?.length ?? 1
  }
  return parts
}

const aboutAt = (tokens: readonly Token[], start: number): { about: About | null; length: number } | null => {
  const is = (at: number, words: ReadonlySet<string>): boolean => {
    const token = tokens[at]
    return token?.kind === 'word' && words.has(token.text)
  }
  let at = start
  const introduced = is(at, prepositions)
  if (introduced) at += 1
  const beforeArticle = at
  const articled = is(at, articles)
  if (articled) at += 1
  const name = tokens[is(at, nouns) ? at + 1 : at]
  if (name?.kind === 'name') {
    const end = is(at, nouns) ? at + 2 : at + 1
    return { about: name.about, length: (is(end, nouns) ? end + 1 : end) - start }
  }
  // Without an article a noun may be a verb: `what can I run`, `what can I request`.
  if (articled && is(at, nouns)) return { about: null, length: at + 1 - start }
  if (is(beforeArticle, pronouns)) return { about: null, length: beforeArticle + 1 - start }
  return null
}
