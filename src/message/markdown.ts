import type { Span, Text } from '../domain/card.ts'
import { cleanText } from '../domain/clean-text.ts'

/**
 * Text as Markdown that says the same words and does nothing: no heading, emphasis, table, HTML, link or mention can come out
 * of what somebody else wrote, wherever the file is pasted.
 */

/** On one line. Addresses and mentions become code: there is no escape that keeps every renderer from linking them. */
export const escapeMarkdown = (text: string): string =>
  cleanText(text, mostCharacters)
    .split(' ')
    .map(escapeWord)
    .join(' ')
    .replace(lineStart, '\\$&')
    .replace(numbered, '$1\\$2')

/** Spans on one line, times as `timeOf` writes them. No span becomes a link. */
export const spansAsMarkdown = (spans: Text, timeOf: (at: Temporal.Instant) => string): string =>
  inOnePiece(spans)
    .map((span) => spanAsMarkdown(span, timeOf))
    .reduce(
      (line, piece) => (line.endsWith('`') && piece.startsWith('`') ? `${line} ${piece}` : line + piece),
      '',
    )

export const boldMarkdown = (text: string): string => {
  const escaped = escapeMarkdown(text)
  return escaped === '' ? '' : `**${escaped}**`
}

/** What people write is no longer; of what is, the beginning is enough. */
const mostCharacters = 4_000

// What would begin a list, a heading's underline or a rule at the beginning of a line.
const lineStart = /^[-+=]/
const numbered = /^(\d{1,9})([.)])(?= |$)/

const special = /[\\`*_{}[\]<>#|~&$]/g

/** What some renderer links or notifies by itself: addresses, bare domains, mentions, numbers of issues. */
const reachesOut = /@|:\/\/|\w\.\p{L}{2,}|(?:mailto|xmpp|javascript|data|tel):|(?:#|\bGH-)\d/iu

const escapeWord = (word: string): string =>
  reachesOut.test(word) ? codeMarkdown(word) : word.replace(special, '\\$&')

/** Fenced by more backticks than it holds in a row. */
const codeMarkdown = (text: string): string => {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const room = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${room}${text}${room}${fence}`
}

/** Two plain spans side by side may be an address together. */
const inOnePiece = (spans: Text): Span[] =>
  spans.reduce<Span[]>((pieces, span) => {
    const last = pieces.at(-1)
    if (span.kind !== 'plain' || last?.kind !== 'plain') return [...pieces, span]
    return [...pieces.slice(0, -1), { ...last, text: last.text + span.text }]
  }, [])

const spanAsMarkdown = (span: Span, timeOf: (at: Temporal.Instant) => string): string => {
  switch (span.kind) {
    case 'plain':
      return withItsBlanks(span.text)
    case 'bold':
      return boldMarkdown(span.text)
    case 'code':
      return codeMarkdown(cleanText(span.text, mostCharacters))
    case 'link':
      return `${escapeMarkdown(span.text)} ${codeMarkdown(cleanText(span.url, mostCharacters))}`
    case 'mention':
      return boldMarkdown(span.name)
    case 'time':
      return timeOf(Temporal.Instant.from(span.at))
  }
}

/** A span is part of a line: the blank that parts it from the next one stays. */
const withItsBlanks = (text: string): string =>
  `${/^\s/.test(text) ? ' ' : ''}${escapeMarkdown(text)}${/\S\s+$/.test(text) ? ' ' : ''}`
