import { cleanText } from './text.ts'

/** Replaces a secret's value, in every form in which somebody may echo it, by its name. */
export type Redact = (text: string) => string

export interface KnownSecret {
  readonly name: string
  readonly value: string
}

/** For text that comes in pieces: a secret that is cut in two is held back until the rest has come. */
export interface StreamRedactor {
  readonly push: (text: string) => string
  /** What was held back, masked where it is a good part of a secret. */
  readonly end: () => string
}

export interface Redaction {
  readonly text: Redact
  readonly stream: () => StreamRedactor
  /** Of the longest form, in UTF-16 code units: so much at the cut edge of a text may be part of a secret. */
  readonly longest: number
}

/** A piece of a secret of this many characters, or of half of it, is masked too. */
const TELLING = 8
/** Lines of a secret of several lines are found one by one, unless they are as short as `-----`. */
const TELLING_LINE = 16

interface Form {
  readonly text: string
  readonly name: string
}

/** Where one form begins within another, the longer one wins. */
export function redactionOf(secrets: readonly KnownSecret[]): Redaction {
  const forms = secrets
    .flatMap(({ name, value }) => formsOf(value).map((text): Form => ({ text, name })))
    .sort((one, other) => other.text.length - one.text.length)
  const names = new Map(forms.map(({ text, name }) => [text, name]))
  const pattern = new RegExp(forms.map(({ text }) => RegExp.escape(text)).join('|'), 'gu')
  const mask = (name: string | undefined) => `[secret ${name ?? 'unknown'}]`
  const text: Redact =
    forms.length === 0
      ? (whole) => whole
      : (whole) => whole.replace(pattern, (found) => mask(names.get(found)))
  const longest = forms[0]?.text.length ?? 0
  const firsts = new Set(forms.map((form) => form.text[0]))

  /** The form that the end of `whole`, from `at` on, is the beginning of. */
  const begunAt = (whole: string, at: number): Form | undefined => {
    if (!firsts.has(whole[at])) return undefined
    const rest = whole.slice(at)
    return forms.find((form) => form.text.length > rest.length && form.text.startsWith(rest))
  }
  const firstBegun = (whole: string, from: number): number => {
    for (let at = Math.max(from, whole.length - longest + 1); at < whole.length; at += 1)
      if (begunAt(whole, at) !== undefined) return at
    return whole.length
  }
  const stream = (): StreamRedactor => {
    let held = ''
    return {
      push: (piece) => {
        const whole = held + piece
        let out = ''
        let at = 0
        for (;;) {
          const begun = firstBegun(whole, at)
          pattern.lastIndex = at
          const match = forms.length === 0 ? null : pattern.exec(whole)
          if (match === null || match.index >= begun) {
            held = whole.slice(begun)
            return out + whole.slice(at, begun)
          }
          out += whole.slice(at, match.index) + mask(names.get(match[0]))
          at = match.index + match[0].length
        }
      },
      end: () => {
        const rest = text(held)
        const begun = rest === held ? begunAt(held, 0) : undefined
        const tells = begun !== undefined && held.length >= Math.min(TELLING, begun.text.length / 2)
        held = ''
        return tells ? mask(begun.name) : rest
      },
    }
  }
  return { text, stream, longest }
}

function formsOf(value: string): string[] {
  if (value === '') return []
  const inJson = JSON.stringify(value).slice(1, -1)
  const lines = value.split(/\r?\n/).filter((line) => line.length >= TELLING_LINE)
  const forms = [
    value,
    // As output shows it: without control characters, with plain line ends.
    cleanText(Buffer.from(value)),
    inJson,
    inJson.replaceAll('/', '\\/'),
    encodeURIComponent(value.toWellFormed()),
    // Without padding, so that URL-safe and padded forms are both found.
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    ...lines,
  ]
  return [...new Set(forms)].filter((form) => form !== '')
}

/** For the one secret of a call. */
export const redactor = (name: string | undefined, value: string | null): Redact =>
  redactionOf(name === undefined || value === null ? [] : [{ name, value }]).text
