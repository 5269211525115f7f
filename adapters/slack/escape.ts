import { slackLimits } from './limits.ts'

/** From text of others to text that Slack shows as it is: it can't ping, link, format or hide anything. */

// All control characters but the line feed, the marks that turn the direction of writing, and rare line separators.
const controls = /[^\P{Cc}\n]|\p{Bidi_Control}|[\u2028\u2029]/gu
// They take no room, so they make text that looks empty, or hide a word from a search.
const invisible = /\u00ad|\u200b|\u2060|\ufeff/g
const wordJoiner = '\u2060'

/** What every text goes through. `<!`, `<@` and `<#` begin Slack's pings and links: they are parted, whatever parses them. */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(invisible, '')
    .replace(controls, ' ')
    .replace(/<(?=[!@#])/g, `<${wordJoiner}`)

export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim()

/** True for text in which nobody sees anything; Slack refuses it. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cf}\u2800\u3164]/u.test(text)

/** At most `most` units, ending in `…` when something is left out; never half of a character. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${head(text, most - 1).trimEnd()}…`

/** The first `most` units; without the first half of a character whose second half no longer fits. */
export const head = (text: string, most: number): string => {
  const part = text.slice(0, Math.max(0, most))
  return /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part
}

/** For `plain_text`: one line, and no `:fire:` of somebody else's becomes a picture. */
export const label = (text: string, most: number): string => {
  const line = cut(withoutEmojiNames(oneLine(text)), most)
  return isBlank(line) ? '–' : line
}

const withoutEmojiNames = (text: string): string => text.replace(/:(?=[a-z0-9_+'-]+:)/gi, `:${wordJoiner}`)

const lookalikes: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' }

/**
 * mrkdwn has no escape for its formatting characters, so where one could begin or end a format it becomes a letter that
 * looks the same; inside of a word (`restart_service`) it does nothing and stays.
 */
const withoutFormats = (text: string): string =>
  text
    .replace(
      /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu,
      (character) => lookalikes[character] ?? character,
    )
    .replace(/^(?=>)/gm, wordJoiner)

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** docs.slack.dev/messaging/formatting-message-text: exactly these three characters are escaped. */
export const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (character) => entities[character] ?? '')

/** Text for `mrkdwn`, cut so that at most `most` units are sent. */
export const mrkdwn = (text: string, most: number): string =>
  cutEscaped(withoutFormats(withoutEmojiNames(clean(text))), most)

/** Text between backticks: nothing in it is a format but the backtick itself. */
export const mrkdwnCode = (text: string, most: number): string =>
  cutEscaped(oneLine(text).replaceAll('`', 'ˋ'), most)

const cutEscaped = (text: string, most: number): string => {
  const whole = escaped(text)
  if (whole.length <= most) return whole
  let taken = ''
  for (const character of text) {
    const next = escaped(character)
    if (taken.length + next.length > most - 1) break
    taken += next
  }
  return most < 1 ? '' : `${taken}…`
}

/** The address when a link may lead there: http or https alone, and short enough; else null, and only its text is shown. */
export const linkable = (url: string): string | null => {
  if (!URL.canParse(url)) return null
  const { protocol, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return null
  const safe = href.replace(/[<>|\s]/g, (character) => encodeURIComponent(character))
  return safe.length > slackLimits.url ? null : safe
}
