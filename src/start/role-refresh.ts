import { startLoop } from '../../jobs/sweeper.ts'
import type { App } from '../app/app.ts'
import type { ChatOptions } from '../app/chat/options.ts'
import { rolesOfGroups } from '../app/chat/who.ts'
import { refreshEveryMs, refreshRoles } from '../app/identity/refresh-roles.ts'
import type { Chat } from '../app/ports.ts'
import type { Platform } from '../config/platforms.ts'

export interface RoleRefresh {
  /** At once, such as when the chat has just been connected: what stopped with the last process has grown old. */
  readonly now: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Reads the groups of a chat's people again and again, so that a role taken away there is gone here within minutes. */
export const startRoleRefresh = (
  app: App,
  { workspaces, roleGroups }: Pick<ChatOptions, 'workspaces' | 'roleGroups'>,
  chat: Platform,
  { groupsOf }: Pick<Chat, 'groupsOf'>,
): RoleRefresh => {
  const turn = async (): Promise<void> => {
    for (const { workspaceId, tenantId } of workspaces.filter((each) => each.chat === chat))
      await refreshRoles(app, {
        tenantId,
        provider: chat,
        workspaceId,
        groupsOf,
        rolesOf: (groups) => rolesOfGroups({ roleGroups }, { chat, groups }) ?? [],
      })
  }
  const loop = startLoop(refreshEveryMs(app.limits.groupRolesMaxAgeMs), app.log, `roles of ${chat}`, turn)
  let first: Promise<void> = Promise.resolve()
  return {
    now: () => {
      first = turn().catch((error: unknown) =>
        app.log.warn({ chat, error: String(error) }, 'roles could not be read; the next turn tries again'),
      )
      return first
    },
    stop: async () => {
      await Promise.all([loop.stop(), first])
    },
  }
}
