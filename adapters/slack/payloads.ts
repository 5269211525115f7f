import { z } from 'zod'

/** The fields of Slack's requests that are read. Everything else, known or not yet invented, is let pass unread. */

const Team = z.object({ id: z.string() }).nullish()
const User = z.object({
  id: z.string(),
  name: z.string().optional(),
  username: z.string().optional(),
  team_id: z.string().optional(),
})

export const SlashCommand = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  user_name: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string().optional(),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
})

export const BlockActions = z.object({
  type: z.literal('block_actions'),
  user: User,
  team: Team,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }).nullish(),
  message: z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }).nullish(),
  // An ephemeral message and a page have no `message`: then the container says where the button stands.
  container: z.object({ thread_ts: z.string().optional(), channel_id: z.string().optional() }).nullish(),
  actions: z
    .array(
      z.object({ action_id: z.string(), action_ts: z.string().default(''), type: z.string().optional() }),
    )
    .min(1),
})

export const ViewSubmission = z.object({
  type: z.literal('view_submission'),
  // It is sent, though nowhere described.
  trigger_id: z.string().optional(),
  user: User,
  team: Team,
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            value: z.string().nullish(),
            selected_option: z.object({ value: z.string() }).nullish(),
          }),
        ),
      ),
    }),
  }),
})

const EventBody = z.object({
  team_id: z.string(),
  authorizations: z.array(z.object({ user_id: z.string().nullish() })).optional(),
})

/** A mention and a message differ only in why they were sent. */
export const SaidEvent = EventBody.extend({
  event: z.object({
    type: z.enum(['app_mention', 'message']),
    subtype: z.string().optional(),
    bot_id: z.string().nullish(),
    user: z.string().optional(),
    // Of the person, where a channel is shared between workspaces.
    team: z.string().optional(),
    user_team: z.string().optional(),
    text: z.string().default(''),
    channel: z.string(),
    channel_type: z.string().optional(),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
})
export type SaidEvent = z.infer<typeof SaidEvent>

export const HomeOpened = EventBody.extend({
  event: z.object({ type: z.literal('app_home_opened'), user: z.string(), tab: z.string().optional() }),
})

/** What a modal carries from its button to its submission, so that the answer finds its place. */
export const ModalPlace = z.object({
  channel: z.string().nullable(),
  thread: z.string().nullable(),
  required: z.boolean(),
})
export type ModalPlace = z.infer<typeof ModalPlace>

const text = new TextDecoder('utf-8', { fatal: true })

/** The body of a request over HTTP: JSON, a form, or JSON in the field `payload` of a form. Null when it is none of these. */
export const readBody = (raw: Uint8Array, contentType: string | null): Record<string, unknown> | null => {
  try {
    const body = text.decode(raw)
    if (contentType?.startsWith('application/json') === true) return asObject(JSON.parse(body))
    const form = new URLSearchParams(body)
    const payload = form.get('payload')
    return payload === null ? Object.fromEntries(form) : asObject(JSON.parse(payload))
  } catch {
    return null
  }
}

const asObject = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
