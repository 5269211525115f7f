/** Bytes and text of the log. Strict: a second spelling of the same thing would be a way around a check. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const padding = 0x3d

/** By character code: 0 to 63, or 64 for what is no base64. */
const values = new Uint8Array(256).fill(64)
for (let value = 0; value < 64; value += 1) values[alphabet.charCodeAt(value)] = value

const encoder = new TextEncoder()
// A byte order mark is a character like any other: dropped, two texts would have one meaning.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** Null where it is not UTF-8. */
export const textOf = (bytes: Uint8Array): string | null => {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false
  return true
}

/** RFC 4648 section 4, padded. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [one = 0, two = 0, three = 0] = bytes.subarray(at, at + 3)
    const bits = (one << 16) | (two << 8) | three
    const left = bytes.length - at
    text += `${alphabet[bits >> 18]}${alphabet[(bits >> 12) & 63]}${left > 1 ? alphabet[(bits >> 6) & 63] : '='}${left > 2 ? alphabet[bits & 63] : '='}`
  }
  return text
}

const codes = utf8(alphabet)

/** Whether the text from `from` on is the base64 of these bytes; without a word of memory, as a log has very many of them. */
export const isBase64Of = (bytes: Uint8Array, text: Uint8Array, from: number): boolean => {
  let at = from
  for (let next = 0; next < bytes.length; next += 3, at += 4) {
    const left = bytes.length - next
    const bits =
      ((bytes[next] ?? 0) << 16) |
      (left > 1 ? (bytes[next + 1] ?? 0) << 8 : 0) |
      (left > 2 ? (bytes[next + 2] ?? 0) : 0)
    if (text[at] !== codes[bits >> 18] || text[at + 1] !== codes[(bits >> 12) & 63]) return false
    if (text[at + 2] !== (left > 1 ? codes[(bits >> 6) & 63] : padding)) return false
    if (text[at + 3] !== (left > 2 ? codes[bits & 63] : padding)) return false
  }
  return true
}

/** Null unless it is the one way to write these bytes: padded, without white space, its unused bits zero. */
export const fromBase64 = (base64: string): Uint8Array | null => {
  const text = utf8(base64)
  const { length } = text
  if (length % 4 !== 0) return null
  const padded = length === 0 || text[length - 1] !== padding ? 0 : text[length - 2] === padding ? 2 : 1
  const bytes = new Uint8Array((length / 4) * 3 - padded)
  let wrong = 0
  for (let at = 0, put = 0; at < length; at += 4, put += 3) {
    const open = at + 4 === length ? padded : 0
    const one = values[text[at] ?? 0] ?? 64
    const two = values[text[at + 1] ?? 0] ?? 64
    const three = open === 2 ? 0 : (values[text[at + 2] ?? 0] ?? 64)
    const four = open > 0 ? 0 : (values[text[at + 3] ?? 0] ?? 64)
    wrong |= (one | two | three | four) & 64
    if (open === 2) wrong |= two & 15
    if (open === 1) wrong |= three & 3
    // Beyond the end of a Uint8Array nothing is written.
    bytes[put] = (one << 2) | (two >> 4)
    bytes[put + 1] = (two << 4) | (three >> 2)
    bytes[put + 2] = (three << 6) | four
  }
  return wrong === 0 ? bytes : null
}
