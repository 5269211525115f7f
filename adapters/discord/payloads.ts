import { z } from 'zod'

/**
 * What Suture reads of Discord's interactions and messages; all else is left out. Guild and direct message differ: in a
 * guild there is `member` with its `user`, in a direct message `user` alone and no `guild_id`.
 */

const Snowflake = z.string().regex(/^\d{1,20}$/)

/** Left out and null are the same. */
const absent = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const User = z.object({
  id: Snowflake,
  username: z.string(),
  global_name: z.string().nullish(),
  bot: z.boolean().optional(),
})

const Member = z.object({ nick: z.string().nullish(), roles: z.array(Snowflake) })

/** Subcommands nest, values do not: `{name, type: 1, options: [{name, value, focused?}]}`. */
const Value = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
})
const Subcommand = z.object({ name: z.string(), type: z.number(), options: z.array(Value).optional() })
/** Words that stand under another: only the word that was chosen counts. */
const Group = z
  .object({ name: z.string(), type: z.literal(2), options: z.array(Subcommand).min(1) })
  .transform(({ options }) => options)
const CommandData = z.object({
  name: z.string(),
  options: z
    .array(z.union([Group, Subcommand.transform((chosen) => [chosen])]))
    .transform((chosen) => chosen.flat())
    .optional(),
})

/** The inputs of a modal stand in labels, or in rows in the older shape; a text between them has neither. */
/** A select has the values that were chosen, a text input its own. */
const Input = z
  .object({ custom_id: z.string(), value: z.string().optional(), values: z.array(z.string()).optional() })
  .transform(({ custom_id, value, values }) => ({ custom_id, value: value ?? values?.[0] ?? '' }))
const ModalPart = z.union([
  z.object({ component: Input }).transform(({ component }) => [component]),
  z.object({ components: z.array(Input) }).transform(({ components }) => components),
  z.object({ type: z.number() }).transform(() => []),
])

const common = {
  id: Snowflake,
  application_id: Snowflake,
  /** Good for 15 min, and for this interaction alone. */
  token: z.string().min(1).max(1_000),
  guild_id: absent(Snowflake),
  member: absent(Member.extend({ user: User })),
  user: absent(User),
}

/** Types 1 to 5: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object */
export const Interaction = z.discriminatedUnion('type', [
  z.object({ type: z.literal(1) }),
  z.object({ type: z.literal(2), ...common, data: CommandData }),
  z.object({ type: z.literal(3), ...common, data: z.object({ custom_id: z.string() }) }),
  z.object({ type: z.literal(4), ...common, data: CommandData }),
  z.object({
    type: z.literal(5),
    ...common,
    data: z.object({ custom_id: z.string(), components: z.array(ModalPart) }),
  }),
])
export type Interaction = z.infer<typeof Interaction>

/** All but the ping, which only asks whether somebody is there. */
export type AskingInteraction = Exclude<Interaction, { type: 1 }>

export const MessageCreated = z.object({
  id: Snowflake,
  channel_id: Snowflake,
  guild_id: absent(Snowflake),
  /** Empty unless the bot is mentioned, the message is a direct one, or the bot's own. */
  content: z.string(),
  type: z.number(),
  author: User,
  member: absent(Member.partial()),
  mentions: z.array(z.object({ id: Snowflake })).default([]),
  webhook_id: absent(Snowflake),
})
export type MessageCreated = z.infer<typeof MessageCreated>
