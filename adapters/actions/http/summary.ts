import type { Redact } from '../redact.ts'
import { cleanText, oneLine } from '../text.ts'

const LIMIT = 200
const sentences = ['summary', 'message', 'detail', 'title', 'error'] as const

/** The body as text, without the secret; the cut end of a long one is dropped, as it may hold half a secret. */
export function shownBody(body: Buffer, truncated: boolean, redact: Redact): string {
  const text = redact(cleanText(body))
  return truncated ? `${text.slice(0, -8_192)}\n(cut at 64 KB)\n` : text
}

/** A few words of an answer: its own sentence, else its plain fields, else its first line. */
export function summarize(
  answer: { readonly body: Buffer; readonly truncated: boolean },
  redact: Redact,
): string {
  const text = shownBody(answer.body, answer.truncated, redact)
  const parsed = parse(text)
  if (parsed === undefined) return oneLine(looksLikeMarkup(text) ? '' : text, LIMIT)
  const said = isRecord(parsed) ? ofRecord(parsed) : JSON.stringify(parsed)
  // Written as escapes in JSON, control characters have come past the first cleaning.
  return oneLine(redact(cleanText(Buffer.from(said))), LIMIT)
}

function ofRecord(record: Record<string, unknown>): string {
  for (const name of sentences) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  const result = Object.hasOwn(record, 'result') ? record['result'] : undefined
  const fields = Object.entries(isRecord(result) ? result : record)
  return fields.flatMap(([name, value]) => (isPlain(value) ? [`${name} ${spoken(value)}`] : [])).join(', ')
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): boolean =>
  Array.isArray(value) ? value.length <= 5 && value.every(isScalar) : isScalar(value)

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

const spoken = (value: unknown): string => (Array.isArray(value) ? value.join(' and ') : String(value))

const looksLikeMarkup = (text: string): boolean => text.trimStart().startsWith('<')

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
