import type { ConfigProblem, Settings } from '../config.ts'

/** Settings of a chat that are useless without another. `isSet` also counts those whose value does not fit by itself. */
export const chatProblems = (isSet: (name: keyof Settings) => boolean): ConfigProblem[] => {
  const slack = isSet('SUTURE_SLACK_BOT_TOKEN')
  const listens = isSet('SUTURE_SLACK_APP_TOKEN') || isSet('SUTURE_SLACK_SIGNING_SECRET')
  const discord = isSet('SUTURE_DISCORD_TOKEN')
  return [
    ...(slack && !listens
      ? [
          {
            name: 'SUTURE_SLACK_APP_TOKEN',
            problem:
              'is not set, and neither is SUTURE_SLACK_SIGNING_SECRET: Suture could post to Slack and hear nothing',
            remedy:
              'Set SUTURE_SLACK_APP_TOKEN for Socket Mode, or SUTURE_SLACK_SIGNING_SECRET for HTTP (docs/slack.md).',
          },
        ]
      : []),
    ...(!slack && listens
      ? [
          {
            name: 'SUTURE_SLACK_BOT_TOKEN',
            problem: 'is not set, and another setting of Slack is',
            remedy: 'Set it to the bot token, which begins with xoxb- (docs/slack.md).',
          },
        ]
      : []),
    ...(discord && !isSet('SUTURE_DISCORD_GUILD')
      ? [
          {
            name: 'SUTURE_DISCORD_GUILD',
            problem: 'is not set, and SUTURE_DISCORD_TOKEN is',
            remedy:
              'Set it to the id of the server: its name, right-click, Copy Server ID (docs/discord.md).',
          },
        ]
      : []),
    ...(!discord && (isSet('SUTURE_DISCORD_GUILD') || isSet('SUTURE_DISCORD_PUBLIC_KEY'))
      ? [
          {
            name: 'SUTURE_DISCORD_TOKEN',
            problem: 'is not set, and another setting of Discord is',
            remedy: 'Set it to the token of the bot (docs/discord.md).',
          },
        ]
      : []),
  ]
}
