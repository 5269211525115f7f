import type { Time } from '../dates/read-when.ts'
import { timeOf } from '../dates/read-when.ts'
import type { About } from '../query.ts'
import { idiomsOf } from './idioms.ts'
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
  meant(together(timed(pointed(named(ended(begun(words)), names)), now)))

/** `so`, `hey`, `ok` in front ask nothing; elsewhere they may. */
const begun = (words: readonly string[]): readonly string[] => {
  const start = words.findIndex((word) => !leads.has(word))
  return start < 0 ? [] : words.slice(start)
}

const leads = new Set('so but hey hi hello yo ok okay suture @suture'.split(' '))

/** `how long do incidents last`: a verb there, and no time. */
const ended = (words: readonly string[]): readonly string[] =>
  words.at(-1) === 'last' && words.includes('long') && words.at(-2) !== 'vs'
    ? [...words.slice(0, -1), 'lasts']
    : words

/** With more words that nobody knows it is no question, and looking for what they might be would cost time. */
const mostUnknown = 8

const named = (words: readonly string[], all: Names): Piece[] => {
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
    at = found?.end ?? at + 1
  }
  return out
}

const comparing = (pieces: readonly Piece[]): boolean =>
  pieces.some((piece) => piece.kind === 'word' && /^(compar|differ)/.test(piece.text))

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
        : idiomsOf(first).find(({ words }) => words.every((word, offset) => fits(word, pieces[at + offset])))
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
    const tag = meaningOf(piece.text)
    return tag === null ? piece : { kind: 'tag', tag, text: piece.text }
  })
