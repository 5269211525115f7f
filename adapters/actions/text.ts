/** Whatever a process or a server wrote, as text that can be shown: no NUL, no terminal control, no hidden direction marks. */

export interface TextCleaner {
  /** The text of this chunk; what is cut inside a character or an escape sequence comes with the next one. */
  readonly push: (bytes: Uint8Array) => string
  readonly end: () => string
}

/** Where in a terminal sequence (ECMA-48) the reader stands. */
type State = 'text' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape'

const ESC = 0x1b
const BEL = 0x07
const stringIntroducers = new Set(['P', 'X', ']', '^', '_'])

/** Keeps state between chunks; invalid UTF-8 becomes U+FFFD. */
export function createTextCleaner(): TextCleaner {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false })
  let state: State = 'text'
  let afterReturn = false

  const clean = (text: string): string => {
    let out = ''
    for (const char of text) {
      const code = char.codePointAt(0) ?? 0
      if (state !== 'text') {
        state = next(state, char, code)
        continue
      }
      // CR LF is one line end, a lone CR (a progress bar) is one too.
      if (code === 0x0d) out += '\n'
      else if (code === 0x0a) out += afterReturn ? '' : '\n'
      else if (code === ESC) state = 'escape'
      else if (code === 0x9b) state = 'csi'
      else if (isShown(code)) out += char
      afterReturn = code === 0x0d
    }
    return out
  }
  return {
    push: (bytes) => clean(decoder.decode(bytes, { stream: true })),
    end: () => clean(decoder.decode()),
  }
}

function next(state: State, char: string, code: number): State {
  // An unended sequence must not swallow the rest of the output: a line end or a new ESC closes it.
  if (code === 0x0a) return 'text'
  switch (state) {
    case 'text':
      return 'text'
    case 'escape':
      if (char === '[') return 'csi'
      if (stringIntroducers.has(char)) return 'string'
      return code >= 0x20 && code <= 0x2f ? 'intermediate' : 'text'
    case 'intermediate':
      return code >= 0x20 && code <= 0x2f ? 'intermediate' : 'text'
    case 'csi':
      if (code === ESC) return 'escape'
      return code >= 0x40 && code <= 0x7e ? 'text' : 'csi'
    case 'string':
      if (code === BEL || code === 0x9c) return 'text'
      return code === ESC ? 'string-escape' : 'string'
    case 'string-escape':
      return 'text'
  }
}

const isShown = (code: number): boolean =>
  code === 0x09 || (code >= 0x20 && (code < 0x7f || code > 0x9f) && !isDirectionMark(code) && code !== 0xfeff)

/** Overrides and isolates, which make a line read as what it is not (CVE-2021-42574). */
const isDirectionMark = (code: number): boolean =>
  (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)

export function cleanText(bytes: Uint8Array): string {
  const cleaner = createTextCleaner()
  return cleaner.push(bytes) + cleaner.end()
}

/** One line of at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= limit ? line : `${[...line].slice(0, limit - 1).join('')}…`
}
