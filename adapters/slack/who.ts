import type { ChatUser } from '../../src/app/ports.ts'
import type { SlackClient } from './client.ts'

/** Who asks, as the commands want to know it. */
export interface Asker {
  readonly workspaceId: string
  readonly userId: string
  /** Null where the request does not say. */
  readonly name: string | null
}

/** Slack waits 3 s: user groups that take longer to read are not known this time. */
const groupsWithinMs = 1_000

export const userOf = async (client: SlackClient, asker: Asker): Promise<ChatUser> => {
  const [groups, name] = await Promise.all([
    within(groupsWithinMs, client.groupsOf(asker.userId), null),
    asker.name ?? within(groupsWithinMs, client.nameOf(asker.userId), asker.userId),
  ])
  const user = { chat: 'slack', workspaceId: asker.workspaceId, userId: asker.userId, name } as const
  return groups === null ? { ...user, groups } : { ...user, groups: groups.ids, groupsAgeMs: groups.ageMs }
}

const within = async <T>(ms: number, asked: Promise<T>, otherwise: T): Promise<T> => {
  const { promise, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(resolve, ms, otherwise)
  try {
    return await Promise.race([asked.catch(() => otherwise), promise])
  } finally {
    clearTimeout(timer)
  }
}
