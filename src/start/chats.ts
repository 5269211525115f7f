import type { Log } from '../app/app.ts'
import { createChatCommands } from '../app/chat/commands.ts'
import type { Workspace } from '../app/chat/options.ts'
import type { Chat, ChatCommands, ChatState } from '../app/ports.ts'
import { chatWarnings } from '../config/chat-warnings.ts'
import { type Platform, platformsOf, postsToUs } from '../config/platforms.ts'
import type { Settings } from '../config.ts'
import type { Context } from '../context.ts'
import type { Hook } from '../http/chat-hooks.ts'
import { type RoleRefresh, startRoleRefresh } from './role-refresh.ts'

/** Slack and Discord, as far as they are configured. What is not is never imported: a chat library alone costs 40 MB. */

export const consoleUrlOf = (settings: Settings): string | null => {
  const open = settings.SUTURE_PUBLIC_URL ?? settings.SELF_HEAL_BASE_URL
  return open === undefined ? null : open.replace(/\/+$/, '')
}

export interface OpenChat {
  readonly platform: Platform
  readonly chat: Chat
}

interface Wiring {
  readonly settings: Settings
  readonly commands: ChatCommands
  readonly log: Log
  /** Told the id of the workspace once the platform has said whose token it is. */
  readonly onWorkspace: (platform: Platform, workspaceId: string) => void
}

const open = async (platform: Platform, { settings, commands, log, onWorkspace }: Wiring): Promise<Chat> => {
  const { createPictureMaker } = await import('../../adapters/pictures/index.ts')
  const pictures = createPictureMaker({ log })
  const shared = { consoleUrl: consoleUrlOf(settings), commands, pictures, now: Date.now, log }
  switch (platform) {
    case 'slack': {
      const { openSlack } = await import('../../adapters/slack/index.ts')
      return openSlack({
        ...shared,
        botToken: settings.SUTURE_SLACK_BOT_TOKEN ?? '',
        appToken: settings.SUTURE_SLACK_APP_TOKEN ?? null,
        signingSecret: settings.SUTURE_SLACK_SIGNING_SECRET ?? null,
        apiUrl: settings.SUTURE_SLACK_API_URL.replace(/\/*$/, '/'),
        onTeam: (teamId) => onWorkspace('slack', teamId),
      })
    }
    case 'discord': {
      const guildId = settings.SUTURE_DISCORD_GUILD ?? ''
      onWorkspace('discord', guildId)
      const { openDiscord } = await import('../../adapters/discord/index.ts')
      return openDiscord({
        ...shared,
        token: settings.SUTURE_DISCORD_TOKEN ?? '',
        guildId,
        publicKey: settings.SUTURE_DISCORD_PUBLIC_KEY ?? null,
        apiUrl: settings.SUTURE_DISCORD_API_URL.replace(/\/+$/, ''),
        ownChannels: settings.SUTURE_OWN_CHANNELS === 'critical',
      })
    }
  }
}

export interface OpenChats {
  /** Whose cards this process delivers; empty without the role bot. */
  readonly chats: readonly OpenChat[]
  /** What the platforms post to this process; empty without the role api. */
  readonly hooks: ReadonlyMap<string, Hook>
  readonly states: () => readonly (ChatState & { readonly platform: Platform })[]
  readonly stop: () => Promise<void>
}

const firstTryMs = 2_000
const lastTryMs = 60_000

export const openChats = async (
  { peopleApp: app }: Pick<Context, 'peopleApp'>,
  settings: Settings,
  tenantId: string,
  roles: { readonly api: boolean; readonly bot: boolean },
): Promise<OpenChats> => {
  const wanted = platformsOf(settings).filter(
    (platform) => roles.bot || (roles.api && postsToUs(platform, settings)),
  )
  for (const warning of chatWarnings(settings)) app.log.warn({}, warning)
  const workspaces: Workspace[] = []
  const roleGroups = { slack: settings.SUTURE_SLACK_ROLES, discord: settings.SUTURE_DISCORD_ROLES }
  const commands = createChatCommands(app, { workspaces, roleGroups, consoleUrl: consoleUrlOf(settings) })
  const onWorkspace = (chat: Platform, workspaceId: string): void => {
    if (!workspaces.some((each) => each.chat === chat && each.workspaceId === workspaceId))
      workspaces.push({ chat, workspaceId, tenantId })
  }
  const chats = await Promise.all(
    wanted.map(async (platform) => ({
      platform,
      chat: await open(platform, { settings, commands, log: app.log, onWorkspace }),
    })),
  )
  const stopping = new AbortController()
  const refreshes: RoleRefresh[] = []
  for (const each of chats) {
    const refresh = roles.bot
      ? startRoleRefresh(app, { workspaces, roleGroups }, each.platform, each.chat)
      : null
    if (refresh !== null) refreshes.push(refresh)
    void keepStarting(each, app.log, stopping.signal).then(() =>
      stopping.signal.aborted ? undefined : refresh?.now(),
    )
  }
  return {
    chats: roles.bot ? chats : [],
    hooks: new Map(
      chats.flatMap(({ platform, chat }) => (roles.api && chat.hook !== null ? [[platform, chat.hook]] : [])),
    ),
    states: () => chats.map(({ platform, chat }) => ({ platform, ...chat.state() })),
    stop: async () => {
      stopping.abort()
      await Promise.all([...refreshes, ...chats.map(({ chat }) => chat)].map((each) => each.stop()))
    },
  }
}

/** A chat that can't be reached, or refuses its token, must not keep Suture from healing: the console works all the same. */
const keepStarting = async ({ platform, chat }: OpenChat, log: Log, stopping: AbortSignal): Promise<void> => {
  for (let waitMs = firstTryMs; !stopping.aborted; waitMs = Math.min(waitMs * 2, lastTryMs))
    try {
      await chat.start()
      log.info({ chat: platform }, 'connected')
      return
    } catch (error) {
      log.error(
        { chat: platform, error: error instanceof Error ? error.message : String(error) },
        'the chat cannot be used yet; it is tried again. npm start -- --check says what is wrong',
      )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        stopping.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
}

const unused = (): never => {
  throw new Error('a check listens to nobody')
}
const nobody: ChatCommands = {
  press: unused,
  command: unused,
  say: unused,
  home: unused,
  suggest: unused,
  promptOf: unused,
  refused: unused,
  firstTime: unused,
}

export interface ChatFinding {
  readonly platform: Platform
  readonly problems: readonly { readonly what: string; readonly remedy: string }[]
}

/** Asks each configured platform about token, scopes, intents and these channels; changes nothing. */
export const checkChats = (
  settings: Settings,
  channels: readonly string[],
  log: Log,
): Promise<ChatFinding[]> =>
  Promise.all(
    platformsOf(settings).map(async (platform) => {
      const chat = await open(platform, { settings, commands: nobody, log, onWorkspace: () => undefined })
      try {
        return { platform, problems: await chat.check(channels) }
      } finally {
        await chat.stop()
      }
    }),
  )
