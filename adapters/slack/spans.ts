import type { Span, Text } from '../../src/domain/card.ts'
import type { RichElement, RichGroup } from './block-kit.ts'
import { clean, head, isBlank, linkable, mrkdwn, mrkdwnCode, oneLine } from './escape.ts'
import { slackTime } from './time.ts'

/**
 * Spans in Slack's two languages. Body text becomes rich text, where text is data and nothing needs an escape; fields and
 * context know mrkdwn alone.
 */

/** What a span costs of the room besides its text: it is an object of its own in the message. */
const spanCost = 40
export const more = '… more'

/** `where` leads to the whole text; null when there is no console to show it. */
export const richGroups = (
  text: Text,
  most: number,
  frame: 'rich_text_section' | 'rich_text_quote',
  where: string | null,
): RichGroup[] => {
  const groups: RichGroup[] = []
  let line: RichElement[] = []
  const close = (): void => {
    const elements = trimmed(line)
    if (elements.length > 0) groups.push({ type: frame, elements })
    line = []
  }
  let room = most
  /** Code that begins a line of its own is what a program wrote. */
  let ownLine = false
  for (const span of joined(text)) {
    const element = richElement(span)
    const length = element.type === 'date' ? element.fallback.length : element.text.length
    const isOutput =
      span.kind === 'code' && element.type === 'text' && (element.text.includes('\n') || ownLine)
    ownLine = element.type === 'text' && element.text.endsWith('\n')
    const left = room
    room -= length + (span.kind === 'plain' ? 0 : spanCost)
    if (isOutput) close()
    if (room >= 0 || (left > 0 && left >= length)) {
      if (!isOutput) line.push(element)
      else if (!isBlank(element.text)) groups.push(output(element.text))
      continue
    }
    const start = element.type === 'date' ? '' : head(element.text, left)
    const end = where === null ? '…' : ''
    if (isOutput && !isBlank(start)) groups.push(output(`${start}${end}`))
    else if (element.type !== 'date' && `${start}${end}` !== '')
      line.push({ ...element, text: `${start}${end}` })
    if (where !== null) line.push({ type: 'link', url: where, text: more })
    break
  }
  close()
  return groups
}

/** Without blank lines before and after: the frame keeps its own distance. */
const trimmed = (line: readonly RichElement[]): RichElement[] => {
  const isVisible = (each: RichElement): boolean => each.type === 'date' || !isBlank(each.text)
  const first = line.findIndex(isVisible)
  if (first === -1) return []
  const last = line.findLastIndex(isVisible)
  return line.slice(first, last + 1).map((each, index, all) => {
    if (each.type === 'date') return each
    const text = index === 0 ? each.text.replace(/^\s+/, '') : each.text
    return { ...each, text: index === all.length - 1 ? text.replace(/\s+$/, '') : text }
  })
}

const output = (text: string): RichGroup => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: text.replace(/^\n+|\s+$/g, '') }],
})

/** Neighbouring plain spans become one, empty ones nothing; the line break before and after output is the frame's. */
const joined = (text: Text): Span[] => {
  const spans: Span[] = []
  for (const span of text) {
    const last = spans.at(-1)
    if (span.kind === 'plain' && last?.kind === 'plain')
      spans.splice(-1, 1, { kind: 'plain', text: last.text + span.text })
    else if (shown(span) !== '') spans.push(span)
  }
  return spans
}

const shown = (span: Span): string => {
  switch (span.kind) {
    case 'plain':
    case 'bold':
    case 'code':
      return clean(span.text)
    case 'link':
      return oneLine(span.text)
    case 'mention':
      return oneLine(span.name)
    case 'time':
      return oneLine(span.at)
  }
}

const richElement = (span: Span): RichElement => {
  const text = shown(span)
  switch (span.kind) {
    case 'plain':
      return { type: 'text', text }
    case 'bold':
    case 'mention':
      return { type: 'text', text, style: { bold: true } }
    case 'code':
      return { type: 'text', text, style: { code: true } }
    case 'link': {
      const url = linkable(span.url)
      return url === null ? { type: 'text', text } : { type: 'link', url, text }
    }
    case 'time': {
      const at = slackTime(span.at, span.precision)
      return at === null ? { type: 'text', text } : { type: 'date', ...at }
    }
  }
}

/** At most `most` units of mrkdwn; the first span that does not fit is cut, the rest is left out behind `…`. */
export const mrkdwnSpans = (text: Text, most: number): string => {
  let out = ''
  for (const span of joined(text)) {
    const room = most - 1 - out.length
    const whole = mrkdwnSpan(span, Number.POSITIVE_INFINITY)
    if (whole.length > room) return `${out}${start(span, room)}`
    out += whole
  }
  return out
}

/** Markup is closed or not there at all: what can't be cut is left out. */
const start = (span: Span, room: number): string => {
  const part = mrkdwnSpan(span, room)
  return part !== '' && part.length <= room ? part : '…'
}

const mrkdwnSpan = (span: Span, room: number): string => {
  switch (span.kind) {
    case 'plain':
      return mrkdwn(span.text, room)
    case 'bold':
      return boldMrkdwn(span.text, room)
    case 'mention':
      return boldMrkdwn(span.name, room)
    case 'code':
      return framed('`', mrkdwnCode(span.text, room - 2))
    case 'link': {
      const url = linkable(span.url)
      const name = oneLine(span.text)
      if (url === null) return mrkdwn(name, room)
      const frame = `<${url.replaceAll('&', '&amp;')}|`
      const label = mrkdwn(name.replaceAll('|', '¦'), room - frame.length - 1)
      return label === '' ? '' : `${frame}${label}>`
    }
    case 'time': {
      const at = slackTime(span.at, span.precision)
      return at === null
        ? mrkdwn(oneLine(span.at), room)
        : `<!date^${at.timestamp}^${at.format}|${at.fallback}>`
    }
  }
}

/** A bold text that ends in a space would not be bold: the space goes behind. */
export const boldMrkdwn = (text: string, room: number): string => {
  const inner = framed('*', mrkdwn(oneLine(text).replaceAll('*', '∗'), room - 3))
  return inner !== '' && /\s$/.test(text) ? `${inner} ` : inner
}

const framed = (mark: string, inner: string): string => (isBlank(inner) ? inner : `${mark}${inner}${mark}`)
