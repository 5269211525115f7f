/**
 * Text from alerts and people, so that Discord shows it letter for letter: nothing of it formats, links, pings or hides.
 * Discord takes a backslash before any sign that is neither letter, digit nor space.
 */

// Control characters, halves of pairs, and what is not seen: zero width, direction of writing, tags, fillers.
const unseen =
  /[^\P{Cc}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u2028\u2029\u{fff9}-\u{fffb}]/gu

/** Without what is not seen; line feeds stay. For labels and names, where Discord reads no markdown. */
export const clean = (text: string): string =>
  text.replaceAll('\r\n', '\n').toWellFormed().replace(unseen, '').replaceAll('\t', ' ')

export const cleanLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim()

/**
 * Signs that format wherever they stand, and a colon that would begin an emoji or follow the scheme of a link. The end of
 * the text counts, since other text may follow it.
 */
const anywhere = /[\\`*_~|<>[\]]|:(?=\S|$)/g
/** A heading, small print or list begins a line. */
const atLineStart = /^([^\S\n]*)([#+-])/gm
const numbered = /^([^\S\n]*\d+)([.)])/gm
/** A backslash would stay visible before the at sign of these two, and the words would still look like a ping. */
const everybody = /@(?=everyone|here|$)/gi

export const escapeText = (text: string): string =>
  clean(text)
    .replace(anywhere, '\\$&')
    .replace(atLineStart, '$1\\$2')
    .replace(numbered, '$1\\$2')
    .replace(everybody, '@\u200b')

/** In one line, for titles and labels of fields. */
export const escapeLine = (text: string): string => escapeText(cleanLine(text))

/** In code nothing is read but the sign that ends it; a backslash would be shown. */
export const inlineCode = (text: string): string => {
  const line = cleanLine(text).replaceAll('`', '\u02cb')
  return line === '' ? '' : `\`${line}\``
}

export const fencedCode = (text: string): string => {
  const body = clean(text)
    .replace(/`(?=`)/g, '`\u200b')
    .replace(/^\n+/, '')
    .trimEnd()
  return body === '' ? '' : `\`\`\`\n${body}\n\`\`\``
}

/** The address of a link, or null when it is none that may be followed. */
export const safeUrl = (url: string): string | null => {
  if (!URL.canParse(url)) return null
  const { protocol, href } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return null
  return href.replace(
    /[()<>[\]\s"'`\\*_~|]|@(?=everyone|here)/gi,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** At most so many UTF-16 units, never through the middle of a pair, with an ellipsis where something is missing. */
export const cut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')
        .trimEnd()}…`
