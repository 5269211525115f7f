/** A source file's text with same-length blanks, so that every offset and line still fits the original. */
export interface SourceText {
  /** Comments blanked, strings kept. */
  readonly code: string
  /** Comments and the text inside quotes blanked; code inside `${}` stays. */
  readonly bare: string
}

type Span = { readonly end: number; readonly bare: string; readonly code: string }

/**
 * Splits code from comments and strings without a parser: enough for prettily formatted TypeScript, no more. A quoted
 * string ends at the line's end at the latest, so that one misread quote can't hide the rest of a file.
 */
export function sourceText(source: string): SourceText {
  const { bare, code } = scanCode(source, 0, false)
  return { bare, code }
}

/** Scans code from `start` to the end, or (inside a template's `${`) to the brace that closes it. */
function scanCode(source: string, start: number, inTemplate: boolean): Span {
  let bare = ''
  let code = ''
  let depth = 0
  let at = start
  const take = (span: Span): void => {
    bare += span.bare
    code += span.code
    at = span.end
  }
  while (at < source.length) {
    const char = source[at] ?? ''
    const pair = source.slice(at, at + 2)
    if (pair === '//') take(blank(source, at, indexOrEnd(source, '\n', at)))
    else if (pair === '/*') take(blank(source, at, indexOrEnd(source, '*/', at + 2) + 2))
    else if (char === "'" || char === '"') take(quoted(source, at, char))
    else if (char === '`') take(template(source, at))
    else if (char === '/' && startsRegex(bare)) take(quoted(source, at, '/'))
    else {
      if (char === '{') depth += 1
      if (char === '}' && inTemplate && depth === 0) return { end: at, bare, code }
      if (char === '}') depth -= 1
      take({ end: at + 1, bare: char, code: char })
    }
  }
  return { end: at, bare, code }
}

function quoted(source: string, start: number, quote: string): Span {
  let at = start + 1
  let inClass = false
  while (at < source.length && source[at] !== '\n') {
    const char = source[at]
    if (char === '\\') at += 1
    else if (quote === '/' && char === '[') inClass = true
    else if (quote === '/' && char === ']') inClass = false
    else if (char === quote && !inClass) break
    at += 1
  }
  const end = Math.min(at + 1, source.length)
  const whole = source.slice(start, end)
  return { end, code: whole, bare: quote + spaces(whole.slice(1, -1)) + whole.slice(-1) }
}

function template(source: string, start: number): Span {
  let bare = '`'
  let code = '`'
  let at = start + 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') {
      bare += '  '
      code += source.slice(at, at + 2)
      at += 2
    } else if (source.startsWith('${', at)) {
      const inner = scanCode(source, at + 2, true)
      bare += `\${${inner.bare}}`
      code += `\${${inner.code}}`
      at = inner.end + 1
    } else {
      bare += spaces(source[at] ?? '')
      code += source[at] ?? ''
      at += 1
    }
  }
  return { end: at + 1, bare: `${bare}\``, code: `${code}\`` }
}

function blank(source: string, start: number, end: number): Span {
  const blanks = spaces(source.slice(start, end))
  return { end, bare: blanks, code: blanks }
}

/** A slash begins a regular expression where no operand stands before it. */
function startsRegex(before: string): boolean {
  const tail = before.trimEnd()
  return tail === '' || /[(,=:[!&|?{};+~>]$/.test(tail) || /\b(?:return|typeof|case|in|of)$/.test(tail)
}

function spaces(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}

function indexOrEnd(source: string, needle: string, from: number): number {
  const index = source.indexOf(needle, from)
  return index === -1 ? source.length : index
}
