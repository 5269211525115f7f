import { spelledOut } from './contractions.ts'

/** A question as plain words: one spelling for each, contractions taken apart, mentions of Suture left out. */

/** Longer texts are no questions to Suture; the limit also bounds the work. */
export const maxCharacters = 400

/**
 * The words, or null when there is something in it that belongs to no question: markup, code, characters nobody types in one.
 * `bot` is how Suture is spoken to, such as `@suture`.
 */
export const wordsOf = (text: string, bot: readonly string[] = []): string[] | null => {
  const plain = withoutMentions(folded(text), bot.map(folded))
    .replaceAll('tl;dr', 'tldr')
    .replaceAll(' w/', ' with ')
  if (strange.test(plain.replace(pictures, ' '))) return null
  const found = (plain.replaceAll('%', ' percent ').match(word) ?? []).map(withoutTail)
  return found.flatMap((each, at) => (isPossessive(each, found[at + 1]) ? ['its'] : spelledOut(each)))
}

/** `on its own`, `since its last deploy`; elsewhere who writes `its` means `it's`. */
const isPossessive = (found: string, next: string | undefined): boolean =>
  found === 'its' && next !== undefined && owned.has(next)
const owned = new Set(
  'own last latest newest most recent previous deploy deployment release rollout change first current'.split(
    ' ',
  ),
)

/** One form for each letter: case, width, accents and typographic quotes gone. */
export const folded = (text: string): string => (plainly.test(text) ? text.toLowerCase() : unfolded(text))

const plainly = /^[\x20-\x5f\x61-\x7e]*$/

const unfolded = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[’‘`´]/g, "'")
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')

const word = /[@#]?[\p{L}\p{N}][\p{L}\p{N}\p{M}._':-]*/gu
/** Whatever is neither a letter, a digit, a space nor the punctuation of a sentence. */
const strange = /[^\p{L}\p{N}\p{M}\s.,?!:'"_/()#@&%+*~…–—“”„-]/u
const pictures = /\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}]|\u{FE0F}|\u{200D}/gu

const withoutMentions = (text: string, bot: readonly string[]): string =>
  bot
    .filter((name) => /[^\p{L}\p{N}]/u.test(name))
    .reduce((before, name) => before.replaceAll(name, ' '), text)

const withoutTail = (found: string): string => {
  let end = found.length
  while (end > 1 && "._':-".includes(found[end - 1] ?? '')) end -= 1
  return found.slice(0, end)
}
