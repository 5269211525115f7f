import { defaultChannel } from '../app/show/post-cards.ts'
import { chatWarnings } from '../config/chat-warnings.ts'
import type { Settings } from '../config.ts'
import { limitsOf } from '../context.ts'
import { createLog } from '../log.ts'
import { checkChats } from './chats.ts'
import { readFiles } from './files.ts'

export interface Checked {
  readonly ok: boolean
  /** For a person: what is well, what is not, and what to do about it. */
  readonly lines: readonly string[]
}

/** `npm start -- --check`: looks at files and chats, in words. Settings were read before; nothing is started or changed. */
export const checkInstallation = async (settings: Settings): Promise<Checked> => {
  const places = {
    catalogue: settings.SUTURE_CATALOGUE,
    playbooks: settings.SUTURE_PLAYBOOKS,
    policy: settings.SUTURE_POLICY,
  }
  const read = await readFiles(places, limitsOf(settings).runBudgetMs, Temporal.Now.instant())
  const channels = read.ok
    ? [
        ...new Set([
          defaultChannel,
          ...read.files.catalogue.value.services.flatMap((service) => service.channels),
        ]),
      ]
    : [defaultChannel]
  const chats = await checkChats(settings, channels, createLog('silent'))
  const lines = [
    'Settings: they fit.',
    ...chatWarnings(settings).map((warning) => `  Mind: ${warning}`),
    ...(read.ok
      ? [
          `Files: ${counted(read.files.catalogue.value.services.length, 'service')}, ${counted(read.files.playbooks.length, 'playbook')}, all well.`,
        ]
      : ['Files: these do not fit.', ...read.problems.map((problem) => `  ${problem}`)]),
    ...(chats.length === 0
      ? ['Chats: the console alone. docs/slack.md and docs/discord.md say how to connect more.']
      : chats.flatMap(({ platform, problems }) =>
          problems.length === 0
            ? [
                `${titleOf(platform)}: the token, its rights and the channels ${channels.join(', ')} are well.`,
              ]
            : [
                `${titleOf(platform)}: ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} wrong.`,
                ...problems.map(({ what, remedy }) => `  ${what} ${remedy}`),
              ],
        )),
  ]
  return { ok: read.ok && chats.every(({ problems }) => problems.length === 0), lines }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const titleOf = (platform: string): string => platform.charAt(0).toUpperCase() + platform.slice(1)
