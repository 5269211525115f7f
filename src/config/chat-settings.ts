import { z } from 'zod'
import { type Role, roles } from '../domain/person.ts'
import { choice, duration, minute, optional, setting, text, url } from './setting.ts'

/** Slack and Discord. Without their tokens neither is connected, and nothing of them is loaded. */

const tokenOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-\\S{5,500}$`), `expected a token that begins with ${prefix}-`)

/** `approver=S0123,responder=S0456`: which group of a chat gives which role. */
const roleGroups = z.string().transform((value, context) => {
  const found: { readonly role: Role; readonly group: string }[] = []
  for (const each of value.split(',').map((part) => part.trim())) {
    if (each === '') continue
    const [name = '', group = '', ...more] = each.split('=').map((part) => part.trim())
    const role = roles.find((known) => known === name)
    if (role === undefined || !/^[A-Z0-9]{1,40}$/i.test(group) || more.length > 0) {
      context.addIssue({
        code: 'custom',
        message: `expected role=group, with one of the roles ${roles.join(', ')} and the id of a group, found ${JSON.stringify(each)}`,
      })
      return z.NEVER
    }
    found.push({ role, group })
  }
  return found
})

export const chatSettings = {
  SUTURE_SLACK_BOT_TOKEN: optional({
    description: 'Bot token of the Slack app. Not set: Slack is not connected (docs/slack.md).',
    example: 'xoxb-…',
    secret: true,
    parse: tokenOf('xoxb'),
  }),
  SUTURE_SLACK_APP_TOKEN: optional({
    description:
      'App-level token of the Slack app with connections:write. Set: Slack is listened to by Socket Mode, and needs no address of Suture.',
    example: 'xapp-…',
    secret: true,
    parse: tokenOf('xapp'),
  }),
  SUTURE_SLACK_SIGNING_SECRET: optional({
    description:
      'Signing secret of the Slack app. Used where SUTURE_SLACK_APP_TOKEN is not set: Slack then posts to /chat/slack.',
    secret: true,
    parse: text(200),
  }),
  SUTURE_SLACK_API_URL: setting({
    description: 'Where the Web API of Slack is.',
    default: 'https://slack.com/api/',
    parse: url(/^https?$/, 'https://'),
  }),
  SUTURE_SLACK_ROLES: setting({
    description:
      'Roles by user group of Slack: role=group id, separated by commas. Who is in none, and not linked, may do nothing.',
    default: '',
    example: 'responder=S0ONCALL,approver=S0LEADS',
    parse: roleGroups,
  }),
  SUTURE_DISCORD_TOKEN: optional({
    description: 'Bot token of the Discord application. Not set: Discord is not connected (docs/discord.md).',
    secret: true,
    parse: z.string().regex(/^\S{5,500}$/, 'expected the token of a bot, without “Bot ”'),
  }),
  SUTURE_DISCORD_GUILD: optional({
    description: 'Id of the Discord server (guild) that the bot serves.',
    example: '1234567890123456789',
    parse: z.string().regex(/^\d{5,25}$/, 'expected the id of a server: digits alone'),
  }),
  SUTURE_DISCORD_PUBLIC_KEY: optional({
    description:
      'Public key of the Discord application. Set: Discord posts its interactions to /chat/discord, signed. Not set: they come through the gateway.',
    parse: z.string().regex(/^[0-9a-f]{64}$/i, 'expected 64 hexadecimal digits'),
  }),
  SUTURE_DISCORD_API_URL: setting({
    description: 'Where the REST API of Discord is.',
    default: 'https://discord.com/api',
    parse: url(/^https?$/, 'https://'),
  }),
  SUTURE_DISCORD_ROLES: setting({
    description: 'Roles by role of the Discord server: role=role id, separated by commas.',
    default: '',
    example: 'approver=1234567890123456789',
    parse: roleGroups,
  }),
  SUTURE_GROUP_ROLES_MAX_AGE: setting({
    description:
      'How long a role that came from a group of Slack or a role of Discord counts after that was last read. It is read again every few minutes; a role taken away, or one that can’t be read for so long, no longer approves.',
    default: '10m',
    parse: duration(2 * minute, 24 * 60 * minute),
  }),
  SUTURE_OWN_CHANNELS: setting({
    description:
      'Which incidents get a channel of their own in Slack and Discord, besides their thread’s head.',
    default: 'critical',
    parse: choice(['critical', 'never']),
  }),
} as const
