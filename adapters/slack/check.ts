import type { ChatProblem } from '../../src/app/ports.ts'
import type { SlackClient } from './client.ts'
import { type ListedChannel, listChannels } from './list-channels.ts'
import { notDelivered } from './not-delivered.ts'
import { slackScopes } from './scopes.ts'

/** What keeps Slack from working, in words, and what to do about it. Changes nothing. */
export const checkSlack = async (
  client: SlackClient,
  channels: readonly string[],
): Promise<readonly ChatProblem[]> => {
  try {
    const scopes = await client.scopes()
    return [...scopeProblems(scopes), ...(await channelProblems(client, channels))]
  } catch (error) {
    return [faultProblem(error)]
  }
}

const remedies: Readonly<Record<string, string>> = {
  invalid_auth:
    'Copy the bot token (xoxb-…) from the app’s page “OAuth & Permissions” into SUTURE_SLACK_BOT_TOKEN.',
  not_authed: 'Set SUTURE_SLACK_BOT_TOKEN to the bot token (xoxb-…) of the app.',
  not_allowed_token_type: 'SUTURE_SLACK_BOT_TOKEN takes a bot token (xoxb-…), not a user’s or an app’s.',
  token_expired: 'Install the app again without token rotation, and set SUTURE_SLACK_BOT_TOKEN anew.',
  token_revoked: 'Install the app again, and set SUTURE_SLACK_BOT_TOKEN anew.',
  account_inactive: 'Install the app again, and set SUTURE_SLACK_BOT_TOKEN anew.',
  missing_scope: 'Paste manifest.yml into the app’s page “App Manifest”, then install the app again.',
}

const faultProblem = (error: unknown): ChatProblem => {
  const { why, retryable } = notDelivered(error)
  const code = /\(([a-z_]+)\)\.$/.exec(why)?.[1] ?? ''
  const known = Object.hasOwn(remedies, code) ? remedies[code] : undefined
  return {
    what: why,
    remedy:
      known ??
      (retryable
        ? 'Check that this machine reaches slack.com over HTTPS, and try again.'
        : 'Look at the app’s page on api.slack.com/apps.'),
  }
}

const scopeProblems = (granted: readonly string[] | null): ChatProblem[] => {
  // Not every peer says what a token may do; then the calls themselves will tell.
  if (granted === null) return []
  const missing = Object.entries(slackScopes).filter(([scope]) => !granted.includes(scope))
  if (missing.length === 0) return []
  return [
    {
      what: `The bot token lacks ${missing.map(([scope, use]) => `${scope} (${use})`).join(', ')}.`,
      remedy: 'Paste manifest.yml into the app’s page “App Manifest”, then install the app again.',
    },
  ]
}

const channelProblems = async (client: SlackClient, names: readonly string[]): Promise<ChatProblem[]> => {
  if (names.length === 0) return []
  const channels = await listChannels(client, { archived: true })
  return [...new Set(names.map((name) => name.replace(/^#/, '')))].flatMap((name) =>
    channelProblem(
      name,
      channels.find((channel) => channel.name === name),
    ),
  )
}

const channelProblem = (name: string, channel: ListedChannel | undefined): ChatProblem[] => {
  if (channel === undefined)
    return [
      {
        what: `Slack has no channel #${name} that Suture can see.`,
        remedy: `Create it; if it is private, write /invite @suture in it.`,
      },
    ]
  if (channel.is_archived)
    return [
      { what: `The channel #${name} is archived.`, remedy: 'Unarchive it, or route to another channel.' },
    ]
  // A public channel is joined with the first card.
  return channel.is_private && !channel.is_member
    ? [{ what: `Suture is not in the private channel #${name}.`, remedy: 'Write /invite @suture in it.' }]
    : []
}
