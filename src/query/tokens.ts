import type { About } from './query.ts'

/** A question taken apart: plain words, and names that were found in it. */
export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'name'; readonly about: About; readonly text: string }

export interface KnownService {
  readonly name: string
  readonly aliases: readonly string[]
}

/** Longer texts are no questions to Suture; the limit also bounds the work. */
export const maxCharacters = 400

/** Words that ask nothing by themselves. Anything that could narrow a question (a time, a person, a `not`) is not here. */
const fillers = new Set(
  'suture @suture please pls plz exactly actually just again though thanks thx currently yet already'.split(
    ' ',
  ),
)
/** The same, but only in front: `ok` in `is it ok` is what is being asked. */
const leadIns = new Set('hey hi hello ok okay so and but suture @suture'.split(' '))
const idioms: readonly (readonly [string, string])[] = [
  ['at the moment', 'now'],
  ['right now', 'now'],
  ['so far', ''],
  ['as yet', ''],
  ['thank you', ''],
]

const contractions: Readonly<Record<string, string>> = {
  "what's": 'what is',
  whats: 'what is',
  "who's": 'who is',
  whos: 'who is',
  "how's": 'how is',
  hows: 'how is',
  "why's": 'why is',
  "where's": 'where is',
  "it's": 'it is',
  "that's": 'that is',
  "isn't": 'is not',
  isnt: 'is not',
  "wasn't": 'was not',
  "aren't": 'are not',
  "doesn't": 'does not',
  doesnt: 'does not',
  "didn't": 'did not',
  didnt: 'did not',
  "hasn't": 'has not',
  "can't": 'can not',
  cant: 'can not',
  cannot: 'can not',
  "couldn't": 'could not',
  "we're": 'we are',
  "i'm": 'i am',
  happend: 'happened',
}

export const wordsOf = (text: string): string[] => {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'")
  const found = plain.match(/[@#]?[\p{L}\p{N}][\p{L}\p{N}\p{M}._'-]*/gu) ?? []
  const words = found
    .map(withoutTail)
    .flatMap((word) => (Object.hasOwn(contractions, word) ? contractions[word] : word)?.split(' ') ?? [])
  const line = idioms.reduce(
    (before, [idiom, meaning]) => before.replaceAll(` ${idiom} `, ` ${meaning} `),
    ` ${words.join(' ')} `,
  )
  return line.split(' ').filter((word) => word !== '')
}

/** Names first, so that a service called `checkout-now` is not read as a word; then what asks nothing is dropped. */
export const tokensOf = (text: string, services: readonly KnownService[]): Token[] => {
  const words = wordsOf(text)
  const known = serviceNames(services)
  const tokens: Token[] = []
  for (let at = 0; at < words.length; ) {
    const service = known.find((each) => each.words.every((word, offset) => words[at + offset] === word))
    const numbered = service === undefined ? numberedName(words, at) : null
    const word = words[at] ?? ''
    if (service !== undefined) {
      tokens.push({
        kind: 'name',
        about: { kind: 'service', name: service.name },
        text: service.words.join(' '),
      })
      at += service.words.length
    } else if (numbered !== null) {
      tokens.push({
        kind: 'name',
        about: numbered.about,
        text: words.slice(at, at + numbered.length).join(' '),
      })
      at += numbered.length
    } else {
      if (!fillers.has(word) && !(tokens.length === 0 && leadIns.has(word)))
        tokens.push({ kind: 'word', text: word })
      at += 1
    }
  }
  return tokens
}

/** Longest first: `checkout api` before `checkout`. */
const serviceNames = (services: readonly KnownService[]): { name: string; words: string[] }[] =>
  services
    .flatMap(({ name, aliases }) => [name, ...aliases].map((label) => ({ name, words: wordsOf(label) })))
    .filter((each) => each.words.length > 0)
    .sort((one, other) => other.words.length - one.words.length)

const kinds: Readonly<Record<string, 'incident' | 'run' | 'request' | 'proposal'>> = {
  inc: 'incident',
  incident: 'incident',
  run: 'run',
  req: 'request',
  request: 'request',
  prop: 'proposal',
  proposal: 'proposal',
}
const prefixes = { incident: 'inc', run: 'run', request: 'req', proposal: 'prop' } as const

/** `inc-42`, `inc42`, `inc 42`, `incident 42`. */
const numberedName = (words: readonly string[], at: number): { about: About; length: number } | null => {
  const [, label = '', number] = /^([a-z]{3,8})-?(\d{1,15})?$/.exec(words[at] ?? '') ?? []
  const kind = Object.hasOwn(kinds, label) ? kinds[label] : undefined
  if (kind === undefined) return null
  const next = words[at + 1] ?? ''
  const digits = number ?? (/^\d{1,15}$/.test(next) ? next : null)
  if (digits === null) return null
  return { about: { kind, id: `${prefixes[kind]}-${digits}` }, length: number === undefined ? 2 : 1 }
}

const withoutTail = (word: string): string => {
  let end = word.length
  while (end > 1 && "._'-".includes(word[end - 1] ?? '')) end -= 1
  return word.slice(0, end)
}
