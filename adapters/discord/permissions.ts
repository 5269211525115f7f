import { z } from 'zod'

/** What somebody may do in a channel, as Discord computes it. https://discord.com/developers/docs/topics/permissions */

const bits = {
  'View Channel': 1n << 10n,
  'Send Messages': 1n << 11n,
  'Embed Links': 1n << 14n,
  'Attach Files': 1n << 15n,
  'Read Message History': 1n << 16n,
  'Create Public Threads': 1n << 35n,
  'Send Messages in Threads': 1n << 38n,
  'Manage Channels': 1n << 4n,
} as const
export type Permission = keyof typeof bits

const administrator = 1n << 3n

/** A bit field as text, since it does not fit into a number. */
const Bits = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt)

export const Guild = z.object({
  id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  roles: z.array(z.object({ id: z.string(), permissions: Bits })),
})
export const Member = z.object({ roles: z.array(z.string()) })
export const GuildChannel = z.object({
  id: z.string(),
  type: z.number(),
  name: z.string().nullish(),
  permission_overwrites: z.array(z.object({ id: z.string(), allow: Bits, deny: Bits })).optional(),
})

export const inviteBits = Object.values(bits).reduce((all, bit) => all | bit, 0n)

interface Holder {
  readonly guild: z.infer<typeof Guild>
  readonly userId: string
  readonly roles: readonly string[]
}

/** Those of `wanted` that are missing; in the guild as a whole without a channel. */
export const missing = (
  holder: Holder,
  wanted: readonly Permission[],
  channel?: z.infer<typeof GuildChannel>,
): readonly Permission[] => {
  const held = heldBy(holder, channel)
  return wanted.filter((permission) => (held & bits[permission]) === 0n)
}

const heldBy = ({ guild, userId, roles }: Holder, channel?: z.infer<typeof GuildChannel>): bigint => {
  // The role of everybody has the id of the guild.
  const mine = guild.roles.filter(({ id }) => id === guild.id || roles.includes(id))
  const base = mine.reduce((all, { permissions }) => all | permissions, 0n)
  if (guild.owner_id === userId || (base & administrator) !== 0n) return ~0n
  const overwrites = channel?.permission_overwrites ?? []
  const apply = (held: bigint, ids: readonly string[]): bigint => {
    const those = overwrites.filter(({ id }) => ids.includes(id))
    const deny = those.reduce((all, each) => all | each.deny, 0n)
    return those.reduce((all, each) => all | each.allow, held & ~deny)
  }
  // Everybody first, then all roles together, then the member alone: each overrides what came before.
  return apply(apply(apply(base, [guild.id]), roles), [userId])
}
