import { DiscordAPIError } from '@discordjs/rest'
import { z } from 'zod'
import type { ChatProblem } from '../../src/app/ports.ts'
import type { DiscordClient } from './client.ts'
import { notDelivered } from './errors.ts'
import { Guild, GuildChannel, inviteBits, Member, missing, type Permission } from './permissions.ts'

/** What keeps Suture from working on Discord, each with its remedy. Reads only. */

const needed: readonly Permission[] = [
  'View Channel',
  'Send Messages',
  'Read Message History',
  'Embed Links',
  'Attach Files',
  'Create Public Threads',
  'Send Messages in Threads',
]

/** @param options `ownChannels`: critical incidents are to get a channel of their own */
export const checkDiscord = async (
  client: DiscordClient,
  channels: readonly string[],
  options: { readonly ownChannels?: boolean } = {},
): Promise<readonly ChatProblem[]> => {
  try {
    const { applicationId, botUserId } = await client.identify()
    const guild = await guildOf(client)
    if (guild === null) return [notInGuild(client.guildId, applicationId)]
    const { guildId } = client
    const [{ roles }, there] = await Promise.all([
      client.call(Member, 'GET', `/guilds/${guildId}/members/${botUserId}`),
      client.call(z.array(GuildChannel), 'GET', `/guilds/${guildId}/channels`),
    ])
    const holder = { guild, userId: botUserId, roles }
    const lacks = options.ownChannels === true ? missing(holder, ['Manage Channels']) : []
    return [
      ...lacks.map(() => noOwnChannels(guild.name)),
      ...channels.flatMap((name): readonly ChatProblem[] => {
        const channel = there.find((each) => each.name === name || each.id === name)
        if (channel === undefined) return [noChannel(name, guild.name)]
        if (channel.type !== 0 && channel.type !== 5) return [notText(name)]
        const lacking = missing(holder, needed, channel)
        return lacking.length === 0 ? [] : [lacksRights(name, lacking)]
      }),
    ]
  } catch (error) {
    return [unreachable(error)]
  }
}

const guildOf = async (client: DiscordClient): Promise<z.infer<typeof Guild> | null> => {
  try {
    return await client.call(Guild, 'GET', `/guilds/${client.guildId}`)
  } catch (error) {
    // 403 and 404 alike: Discord does not tell a stranger which guilds exist.
    if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404)) return null
    throw error
  }
}

const notInGuild = (guildId: string, applicationId: string): ChatProblem => ({
  what: `The bot is not a member of the server ${guildId}.`,
  remedy: `Open https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${inviteBits} and choose the server, or correct SUTURE_DISCORD_GUILD.`,
})

const noChannel = (name: string, guild: string): ChatProblem => ({
  what: `The server ${guild} has no channel #${name} that Suture can see.`,
  remedy: `Make the channel #${name}, or name another one in the catalogue; to a private channel, add Suture.`,
})

const notText = (name: string): ChatProblem => ({
  what: `#${name} is no text channel.`,
  remedy: 'Name a text channel in the catalogue.',
})

const lacksRights = (name: string, lacking: readonly Permission[]): ChatProblem => ({
  what: `In #${name} Suture lacks ${lacking.join(', ')}.`,
  remedy: `In the settings of #${name}, under Permissions, allow the role of Suture: ${lacking.join(', ')}.`,
})

const noOwnChannels = (guild: string): ChatProblem => ({
  what: `In the server ${guild} Suture lacks Manage Channels, so critical incidents get no channel of their own.`,
  remedy: 'Allow the role of Suture Manage Channels, in the settings of the server under Roles.',
})

/** Nothing below can be asked then. */
const unreachable = (error: unknown): ChatProblem => {
  if (error instanceof DiscordAPIError && error.status === 401)
    return {
      what: 'Discord refuses the bot token.',
      remedy:
        'In the developer portal, under Bot, press Reset Token, and put the new one into SUTURE_DISCORD_TOKEN.',
    }
  const { why } = notDelivered(error, 'the server')
  return {
    what: why,
    remedy: 'Try again in a minute; see https://discordstatus.com and the way out of this network.',
  }
}
