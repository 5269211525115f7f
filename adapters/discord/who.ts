import type { ChatUser } from '../../src/app/ports.ts'
import type { Members } from './members.ts'

interface Person {
  readonly id: string
  readonly username: string
  readonly global_name?: string | null | undefined
}

interface Sender {
  readonly person: Person
  readonly guildId: string | undefined
  readonly nick: string | null | undefined
  readonly roles: readonly string[] | undefined
}

/** Null for a stranger: somebody who wrote directly without being a member of the guild. */
export const whoIs = async (sender: Sender, guildId: string, members: Members): Promise<ChatUser | null> => {
  const { person } = sender
  const known = {
    chat: 'discord',
    userId: person.id,
    name: sender.nick ?? person.global_name ?? person.username,
  } as const
  if (sender.guildId !== undefined)
    return { ...known, workspaceId: sender.guildId, groups: sender.roles ?? null }
  const membership = await members.of(person.id)
  return membership.member
    ? { ...known, workspaceId: guildId, groups: membership.roles, groupsAgeMs: membership.ageMs }
    : null
}
