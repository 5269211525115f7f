import { z } from 'zod'
import type { DiscordClient } from './client.ts'
import { hasCode } from './errors.ts'

/** What a guild knows of one person; `null` roles when Discord could not be asked. */
export type Membership =
  | { readonly member: true; readonly roles: readonly string[] | null; readonly ageMs: number }
  | { readonly member: false }

export interface Members {
  /** Never throws. Kept for 5 minutes; `ageMs` is how long ago Discord was asked. */
  readonly of: (userId: string) => Promise<Membership>
  /** Asked now, one after the other; whoever could not be asked for is missing. Never throws. */
  readonly rolesOf: (userIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownMember = 10_007
const unknownUser = 10_013
const keptMs = 5 * 60_000
const keptAtMost = 1_000

const Member = z.object({ roles: z.array(z.string()) })

/**
 * A direct message says neither the guild nor the roles of who wrote it: they are asked for. Everybody who shares any guild
 * with the bot can write to it, so that not being a member is an answer too.
 */
export const createMembers = (client: DiscordClient): Members => {
  const { now } = client
  const kept = new Map<string, { readonly at: number; readonly membership: Membership }>()
  const ask = async (userId: string): Promise<Membership> => {
    try {
      const path = `/guilds/${client.guildId}/members/${userId}` as const
      return { member: true, roles: (await client.call(Member, 'GET', path)).roles, ageMs: 0 }
    } catch (error) {
      if (hasCode(error, unknownMember, unknownUser)) return { member: false }
      return { member: true, roles: null, ageMs: 0 }
    }
  }
  const askAndKeep = async (userId: string): Promise<Membership> => {
    const at = now()
    const membership = await ask(userId)
    kept.delete(userId)
    if (!membership.member || membership.roles !== null) kept.set(userId, { at, membership })
    for (const oldest of kept.keys()) {
      if (kept.size <= keptAtMost) break
      kept.delete(oldest)
    }
    return membership
  }
  return {
    of: async (userId) => {
      const known = kept.get(userId)
      if (known === undefined || now() - known.at >= keptMs) return askAndKeep(userId)
      const { membership } = known
      return membership.member ? { ...membership, ageMs: Math.max(0, now() - known.at) } : membership
    },
    rolesOf: async (userIds) => {
      const found = new Map<string, readonly string[]>()
      for (const userId of userIds) {
        const membership = await askAndKeep(userId)
        if (!membership.member) found.set(userId, [])
        else if (membership.roles !== null) found.set(userId, membership.roles)
      }
      return found
    },
  }
}
