/** One message of RFC 5424, and its frame on a stream: RFC 6587's octet counting, which RFC 5425 demands over TLS. */

export interface SyslogMessage {
  /** RFC 5424, 6.2.1: 0 (emergency) to 7 (debug). */
  readonly severity: number
  /** ISO 8601 in UTC, at most six digits of a second. */
  readonly at: string
  readonly host: string
  readonly messageId: string
  /** Names of at most 32 printable ASCII characters without `=`, `]`, `"`. */
  readonly parameters: Readonly<Record<string, string>>
  readonly text: string
}

/** Log audit. */
const facility = 13
/**
 * The number that IANA keeps for examples (RFC 5612), as Suture has none of its own. Nobody else may be there: receivers tell the
 * element by its whole name.
 */
const elementId = 'suture@32473'
/** RFC 5424, 6.4: a text in UTF-8 begins with it. */
const byteOrderMark = '\uFEFF'

export const messageOf = ({ severity, at, host, messageId, parameters, text }: SyslogMessage): Buffer => {
  const element = Object.entries(parameters).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  const header = `<${facility * 8 + severity}>1 ${at} ${word(host, 255)} suture - ${word(messageId, 32)}`
  return Buffer.from(`${header} [${elementId}${element.join('')}] ${byteOrderMark}${text.toWellFormed()}`)
}

/** The length counts bytes, those of the byte order mark too. */
export const frameOf = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${message.length} `), message])

/** A control character is allowed and yet breaks receivers that read by lines; the text has it whole. */
const escaped = (value: string): string =>
  value
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD')
    .replace(/["\\\]]/g, '\\$&')

/** A field of the header: printable ASCII without blanks, or `-` for nothing. */
const word = (value: string, most: number): string =>
  value.replace(/[^\x21-\x7e]/g, '?').slice(0, most) || '-'
