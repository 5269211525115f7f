/** Slack's markup in what a person wrote, https://docs.slack.dev/messaging/formatting-message-text, read back to plain words. */

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

const spoken = (inside: string, botUserId: string | null): string => {
  const [target = '', label] = inside.split('|', 2)
  if (target.startsWith('@')) {
    if (target.slice(1) === botUserId) return ''
    return label === undefined ? target : `@${label.replace(/^@/, '')}`
  }
  if (target.startsWith('#')) return label === undefined || label === '' ? target : `#${label}`
  if (target.startsWith('!')) return label ?? `@${target.slice(1)}`
  return label ?? target
}

/** Without the bot's own mention, mentions and links as they look, entities as characters. */
export const plainWords = (text: string, botUserId: string | null): string =>
  text
    .replace(/<([^<>]*)>/g, (_, inside: string) => spoken(inside, botUserId))
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .trim()
