import type { Settings } from '../config.ts'

export type Platform = 'slack' | 'discord'

/** The chats, besides the console, that are configured. */
export const platformsOf = (settings: Settings): Platform[] => [
  ...(settings.SUTURE_SLACK_BOT_TOKEN === undefined ? [] : (['slack'] as const)),
  ...(settings.SUTURE_DISCORD_TOKEN === undefined ? [] : (['discord'] as const)),
]

/** Whether what people press comes by HTTP, to the process that has the role api; otherwise by a socket of the role bot. */
export const postsToUs = (platform: Platform, settings: Settings): boolean =>
  platform === 'slack'
    ? settings.SUTURE_SLACK_APP_TOKEN === undefined
    : settings.SUTURE_DISCORD_PUBLIC_KEY !== undefined
