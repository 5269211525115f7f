import { unitOf } from '../dates/calendar.ts'
import type { Time } from '../dates/read-when.ts'
import { timeOf } from '../dates/read-when.ts'
import type { About } from '../query.ts'
import { idiomAt } from './idioms.ts'
import { meaningOf } from './lexicon.ts'
import type { Named, Names } from './names.ts'
import { pointed, textAt } from './pointed.ts'
import { corrected, isKnown, nearestWord } from './vocabulary.ts'

/** A question taken apart, from its left to its right. */
export type Piece =
  | { readonly kind: 'word'; readonly text: string }
  /** Words and what they mean to Suture. */
  | { readonly kind: 'tag'; readonly tag: string; readonly text: string }
  | { readonly kind: 'named'; readonly named: Named; readonly text: string }
  /** A record by its number: `inc-42`. */
  | { readonly kind: 'record'; readonly about: About }
  /** `this`, `it`, `here`; of what kind, where it says so. */
  | { readonly kind: 'this'; readonly of: 'any' | 'service' | 'there' }
  | { readonly kind: 'time'; readonly time: Time }

/** Words first as names, then as times, then as what they mean together, then one by one. */
export const piecesOf = (words: readonly string[], names: Names, now: Temporal.ZonedDateTime): Piece[] =>
  meant(together(claimed(timed(pointed(topical(named(ended(begun(words)), names))), now))))

/** `so`, `hey`, `ok` in front ask nothing; elsewhere they may. */
const begun = (words: readonly string[]): readonly string[] => {
  const start = words.findIndex((word) => !leads.has(word))
  return start < 0 ? [] : words.slice(start)
}

const leads = new Set('so but hey hi hello yo ok okay suture @suture'.split(' '))

/** `how long do incidents last`: a verb there, and no time. */
const ended = (words: readonly string[]): readonly string[] => {
  const [beforeLast, last] = [words.at(-2) ?? '', words.at(-1)]
  const lasts = words.findIndex(
    (word, at) =>
      word === 'last' && afterLasts.has(words[at + 1] ?? 'in') && words.slice(0, at).includes('long'),
  )
  if (lasts >= 0 && words[lasts - 1] !== 'vs') return words.with(lasts, 'lasts')
  // `last 7 days instead`; elsewhere it takes something away.
  if (last === 'instead') return words.slice(0, -1)
  // `what worked best before?`: before now, and not `the week before`.
  if (last === 'before' && unitOf(beforeLast) === null && beforeLast !== 'one')
    return [...words.slice(0, -1), 'previously']
  return words
}

/** `best-performing`, `high-severity`, `by-day`: words of ours with a hyphen; what may be a name of something else is left whole. */
const joined = (word: string, names: Names): readonly string[] => {
  const parts = word.split('-')
  if (parts.length === 1 || isKnown(word) || names.exactly([word]) !== undefined) return [word]
  return joining.has(parts[0] ?? '') && parts.every(isKnown) ? parts : [word]
}
const joining = new Set(
  'top best worst high low medium critical well still most least per by last this past right in longest'.split(
    ' ',
  ),
)

/** With more words that nobody knows it is no question, and looking for what they might be would cost time. */
const mostUnknown = 8

const named = (given: readonly string[], all: Names): Piece[] => {
  const words = given.flatMap((word) => joined(word, all))
  const unknown = words.filter((word) => !isKnown(word) && all.exactly([word]) === undefined)
  const names: Names = unknown.length > mostUnknown ? { ...all, nearly: () => null } : all
  const pieces: Piece[] = []
  for (let at = 0; at < words.length; ) {
    const found = recordAt(words, at) ?? nameAt(words, at, names)
    if (found === null)
      pieces.push({
        kind: 'word',
        text: unknown.length > mostUnknown ? (words[at] ?? '') : corrected(words[at] ?? ''),
      })
    else pieces.push(found.piece)
    at += found?.length ?? 1
  }
  return pieces
}

export interface Found {
  readonly piece: Piece
  readonly length: number
}

const nameAt = (words: readonly string[], at: number, names: Names): Found | null => {
  for (let length = Math.min(names.mostWords, words.length - at); length > 0; length -= 1) {
    const some = words.slice(at, at + length)
    const named = names.exactly(length === 1 ? some.map((word) => word.replace(/^@/, '')) : some)
    if (named === null) return { piece: { kind: 'word', text: some.join(' ') }, length }
    if (named !== undefined) return { piece: { kind: 'named', named, text: some.join(' ') }, length }
  }
  for (let length = Math.min(3, words.length - at); length > 0; length -= 1) {
    const some = words.slice(at, at + length)
    // What is a word of ours is no slip of a name.
    if (isKnown(some[0] ?? '') || isKnown(some.at(-1) ?? '')) continue
    if (length > 1 && some.some((word) => names.exactly([word]) !== undefined)) continue
    const near = names.nearly(some)
    if (near === null) continue
    const ours = length === 1 ? nearestWord(some[0] ?? '') : null
    if (ours !== null && ours.slips <= near.slips) return null
    return { piece: { kind: 'named', named: near.named, text: some.join(' ') }, length }
  }
  return null
}

const recordKinds: Readonly<Record<string, 'incident' | 'run' | 'request' | 'proposal'>> = {
  inc: 'incident',
  incident: 'incident',
  run: 'run',
  req: 'request',
  request: 'request',
  prop: 'proposal',
  proposal: 'proposal',
}
const prefixes = { incident: 'inc', run: 'run', request: 'req', proposal: 'prop' } as const

/** `inc-42`, `inc42`, `inc 42`, `incident 42`, `incident inc-42`. */
const recordAt = (words: readonly string[], at: number): Found | null => {
  const [, label = '', number] = /^([a-z]{3,8})[-_#]?(\d{1,15})?$/.exec(words[at] ?? '') ?? []
  const kind = Object.hasOwn(recordKinds, label) ? recordKinds[label] : undefined
  if (kind === undefined) return null
  if (number !== undefined) return { piece: recordPiece(kind, number), length: 1 }
  const next = words[at + 1] ?? ''
  if (next === 'number' || next === 'no') return null
  const digits = /^#?(\d{1,15})$/.exec(next)?.[1]
  if (digits !== undefined) return { piece: recordPiece(kind, digits), length: 2 }
  const after = recordAlone(next)
  return after?.kind === kind ? { piece: recordPiece(kind, after.digits), length: 2 } : null
}

const recordAlone = (word: string) => {
  const [, label = '', digits] = /^([a-z]{3,8})[-_#]?(\d{1,15})$/.exec(word) ?? []
  const kind = Object.hasOwn(recordKinds, label) ? recordKinds[label] : undefined
  return kind === undefined || digits === undefined ? null : { kind, digits }
}

const recordPiece = (kind: keyof typeof prefixes, digits: string): Piece => ({
  kind: 'record',
  about: { kind, id: `${prefixes[kind]}-${digits}` },
})

const afterLasts = new Set(
  'in on during over for since this yesterday today usually normally typically last'.split(' '),
)

const asking = new Set(
  'what which who whom whose why when where how is are was were does do did has have had can could should may will'.split(
    ' ',
  ),
)
const pronouns = new Set('it this that there'.split(' '))
const beside = new Set('on in for of the our service about regarding re and'.split(' '))

/** `inc-9, what was that about`: what a sentence begins with is what its `that` points at, so the `that` says nothing more. */
const topical = (pieces: readonly Piece[]): Piece[] => {
  const start = pieces.findIndex((piece) => piece.kind === 'word' && !beside.has(piece.text))
  const topic = pieces.slice(0, Math.max(start, 0)).some(({ kind }) => kind === 'named' || kind === 'record')
  if (!topic || !asking.has(textAt(pieces, start) ?? '')) return [...pieces]
  const points = pieces.findIndex(
    (piece, at) =>
      at > start && piece.kind === 'word' && pronouns.has(piece.text) && !timeFollows(pieces, at),
  )
  return pieces.filter((_, at) => at !== points)
}

const timeFollows = (pieces: readonly Piece[], at: number): boolean => unitOf(textAt(pieces, at + 1)) !== null

/** `80 percent` is what Suture is held to; said again, it is asked whether it came true. */
const claimed = (pieces: readonly Piece[]): Piece[] => {
  const out: Piece[] = []
  const numbers: string[] = []
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at]
    if (piece === undefined) break
    const number = piece.kind === 'word' && /^[1-9]\d?$/.test(piece.text) ? piece.text : null
    if (number === null || textAt(pieces, at + 1) !== 'percent') out.push(piece)
    else {
      // Of two different numbers nobody can say which is the claim.
      const tag = numbers.length === 0 ? 'claim' : numbers.includes(number) ? 'claimed' : null
      out.push(
        tag === null ? { kind: 'word', text: number } : { kind: 'tag', tag, text: `${number} percent` },
      )
      numbers.push(number)
      at += 1
    }
  }
  return out
}

const versusWords = new Set('vs versus than against'.split(' '))

const timed = (pieces: readonly Piece[], now: Temporal.ZonedDateTime): Piece[] => {
  const out: Piece[] = []
  const word = (at: number): string | null => textAt(pieces, at)
  for (let at = 0; at < pieces.length; ) {
    const piece = pieces[at]
    if (piece === undefined) break
    const [last, beforeLast] = [textAt(pieces, at - 1) ?? '', textAt(pieces, at - 2) ?? '']
    const versus =
      versusWords.has(last) ||
      (['to', 'with', 'and', 'or'].includes(last) &&
        (beforeLast.startsWith('compar') || comparing(pieces))) ||
      (piece.kind === 'word' && piece.text === 'between' && comparing(pieces))
    const found = piece.kind === 'word' ? timeOf(word, at, now, versus) : null
    if (found === null) out.push(piece)
    else out.push({ kind: 'time', time: found.time })
    const of = found?.time.kind === 'since_change' ? changed(pieces, found.end) : null
    if (of !== null)
      out[out.length - 1] = {
        kind: 'time',
        time: of.only
          ? { kind: 'since_change', beside: of.service }
          : { kind: 'since_change', service: of.service },
      }
    at = (of?.only === true ? null : of?.end) ?? found?.end ?? at + 1
  }
  return out
}

/** `incidents of search since the deploy of checkout`: the service beside the change, where another one is asked about. */
const changed = (
  pieces: readonly Piece[],
  at: number,
): { service: string; end: number; only: boolean } | null => {
  if (!['of', 'to', 'on', 'for', 'in'].includes(textAt(pieces, at) ?? '')) return null
  const end = pieces.slice(at + 1, at + 3).findIndex((piece) => piece.kind === 'named')
  const named = pieces[at + 1 + end]
  if (end < 0 || named?.kind !== 'named' || named.named.kind !== 'service') return null
  if (end === 1 && !['the', 'our'].includes(textAt(pieces, at + 1) ?? '')) return null
  const others = pieces.filter(
    (piece, where) => where !== at + 1 + end && piece.kind === 'named' && piece.named.kind === 'service',
  )
  return { service: named.named.name, end: at + 2 + end, only: others.length === 0 }
}

const comparing = (pieces: readonly Piece[]): boolean =>
  pieces.some(
    (piece) =>
      (piece.kind === 'word' && /^(compar|differ)/.test(piece.text)) ||
      (piece.kind === 'tag' && piece.tag === 'compare'),
  )

/** Idioms, longest first; `@` stands for whatever is asked about, and stays. */
const together = (pieces: readonly Piece[]): Piece[] => {
  const out: Piece[] = []
  for (let at = 0; at < pieces.length; ) {
    const piece = pieces[at]
    if (piece === undefined) break
    const first = piece.kind === 'word' ? piece.text : isSubject(piece) ? '@' : null
    const idiom =
      first === null
        ? undefined
        : idiomAt(first, startsOf(pieces[at + 1]), (word, offset) => fits(word, pieces[at + offset]))
    if (idiom === undefined) out.push(piece)
    else {
      out.push(
        ...pieces.slice(at, at + idiom.words.length).filter((_, offset) => idiom.words[offset] === '@'),
      )
      for (const tag of idiom.tags) out.push({ kind: 'tag', tag, text: idiom.words.join(' ') })
    }
    at += idiom?.words.length ?? 1
  }
  return out
}

/** What the next word of an idiom may be. */
const startsOf = (piece: Piece | undefined): string[] => {
  if (piece === undefined) return []
  if (piece.kind === 'word') return [piece.text]
  return piece.kind === 'this' ? ['this', '@'] : isSubject(piece) ? ['@'] : []
}

const isSubject = (piece: Piece): boolean =>
  piece.kind === 'record' ||
  piece.kind === 'this' ||
  (piece.kind === 'named' && piece.named.kind === 'service')

const fits = (word: string, piece: Piece | undefined): boolean =>
  piece !== undefined &&
  (word === '@'
    ? isSubject(piece)
    : word === 'this'
      ? piece.kind === 'this'
      : piece.kind === 'word' && piece.text === word)

const meant = (pieces: readonly Piece[]): Piece[] =>
  pieces.map((piece) => {
    if (piece.kind !== 'word') return piece
    // Of two that are compared; `time between incidents` is another question.
    const tag = piece.text === 'between' && comparing(pieces) ? '_' : meaningOf(piece.text)
    return tag === null ? piece : { kind: 'tag', tag, text: piece.text }
  })
