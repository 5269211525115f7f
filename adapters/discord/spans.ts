import type { Span, Text } from '../../src/domain/card.ts'
import { clean, cleanLine, cut, escapeLine, escapeText, fencedCode, inlineCode, safeUrl } from './escape.ts'

/** Spans to Discord's markdown. What formats is written here and nowhere else. */

export interface Shortened {
  readonly text: string
  readonly cut: boolean
}

/** At most `limit` UTF-16 units after escaping; what is too long ends with `… more`. */
export const spansText = (spans: Text, limit: number): Shortened => {
  const clipped = spans.map((span) => clip(span, limit + 1))
  const whole = joined(clipped.map(spanText))
  // Where all that was left out is invisible, a note that something is missing does no harm.
  const short = spans.some((span) => 'text' in span && span.text.length > mostRaw)
  if (whole.length <= limit && !short) return { text: whole, cut: false }
  if (limit < more.length) return { text: '', cut: true }
  return { text: `${startOf(clipped, limit - more.length).trimEnd()}${more}`, cut: true }
}

/** Fills a whole message, unless most of it is invisible. */
const mostRaw = 10_000

/** Nothing gets shorter by escaping, so what lies far behind the limit is not even looked at. */
const clip = (span: Span, most: number): Span => {
  if (span.kind === 'mention') return { ...span, name: clipName(span.name) }
  if (span.kind === 'link') return { ...span, text: clipName(span.text) }
  if (span.kind === 'time') return span
  const text = clean(span.text.slice(0, mostRaw))
  return { ...span, text: text.slice(0, Math.max(0, most)).toWellFormed() }
}

const clipName = (name: string): string => cut(cleanLine(name.slice(0, 2 * mostName)), mostName)

export const more = '… more'

/** Longer names of people and links tell nothing more. */
const mostName = 160

/** Longer code takes lines of its own. */
const longCode = 120

const spanText = (span: Span): string => {
  switch (span.kind) {
    case 'plain':
      return escapeText(span.text)
    case 'bold':
      return boldText(span.text)
    case 'mention':
      return boldText(span.name)
    case 'code':
      return isBlock(span.text) ? `\n${fencedCode(span.text)}\n` : inlineCode(span.text)
    case 'link':
      return linkText(span.text, span.url)
    case 'time':
      return timeText(span.at, span.precision === 'second')
  }
}

const isBlock = (code: string): boolean => code.trim().includes('\n') || code.length > longCode

/** White space stays outside of the stars: stars beside it are no formatting everywhere. */
const boldText = (text: string): string => {
  const escaped = escapeText(text)
  const inner = escaped.trim()
  if (inner === '') return escaped
  const at = escaped.indexOf(inner)
  return `${escaped.slice(0, at)}**${inner}**${escaped.slice(at + inner.length)}`
}

export const linkText = (text: string, url: string): string => {
  const href = safeUrl(url)
  const label = escapeLine(text)
  return href === null ? label : `[${label === '' ? 'link' : label}](${href})`
}

/** In the reader's own zone: to the minute with how long ago, or to the second. */
const timeText = (at: string, toSecond: boolean): string => {
  const unix = unixSeconds(at)
  if (unix === null) return escapeText(at)
  return toSecond ? `<t:${unix}:T>` : `<t:${unix}:t> (<t:${unix}:R>)`
}

const unixSeconds = (at: string): number | null => {
  try {
    return Math.floor(Temporal.Instant.from(at).epochMilliseconds / 1_000)
  } catch {
    return null
  }
}

/** Two bold ones in a row become one: four stars would be shown as stars. */
const joined = (parts: readonly string[]): string =>
  parts
    .reduce((before, part) => {
      return before.endsWith('**') && part.startsWith('**')
        ? before.slice(0, -2) + part.slice(2)
        : before + part
    }, '')
    .replace(/\n{3,}/g, '\n\n')
    // A fence has a gap of its own.
    .replace(/\n{2,}```/g, '\n```')
    .replace(/^\n+/, '')
    .trimEnd()

/** As many whole spans as fit, and as much as fits of the one that does not. */
const startOf = (spans: Text, limit: number): string => {
  let kept: readonly Span[] = []
  for (const span of spans) {
    const next = [...kept, span]
    if (joined(next.map(spanText)).length <= limit) kept = next
    else return joined([...kept, ...shorter(kept, span, limit)].map(spanText))
  }
  return joined(kept.map(spanText))
}

const shorter = (kept: readonly Span[], span: Span, limit: number): readonly Span[] => {
  if (span.kind !== 'plain' && span.kind !== 'bold' && span.kind !== 'code') return []
  const { text } = span
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const tried = { ...span, text: text.slice(0, middle).toWellFormed() }
    if (joined([...kept, tried].map(spanText)).length <= limit) low = middle
    else high = middle - 1
  }
  const start = text.slice(0, low).replace(/[\ud800-\udbff]$/, '')
  return start === '' ? [] : [{ ...span, text: start }]
}
