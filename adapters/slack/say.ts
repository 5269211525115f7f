import type { Ack, Deps } from './deps.ts'
import { onceKey } from './once.ts'
import { openForm } from './open-form.ts'
import { SaidEvent, SlashCommand } from './payloads.ts'
import { sentence } from './respond.ts'
import { userOf } from './who.ts'
import { plainWords } from './words.ts'

/** Words to Suture: the slash command, mentions, direct messages, lines in a thread. They are acknowledged before they are read. */

export const slashCommands = ['/heal'] as const

const failed = sentence('That did not work', 'Suture met a fault of its own. Ask again.')

export const onCommand = async (deps: Deps, body: unknown, ack: Ack): Promise<void> => {
  await ack()
  const read = SlashCommand.safeParse(body)
  if (!read.success) return
  const { data } = read
  const place = {
    userId: data.user_id,
    channel: data.channel_id ?? null,
    thread: null,
    responseUrl: data.response_url ?? null,
  }
  // A second delivery has the same trigger, whatever else it has.
  const { trigger_id: trigger } = data
  if (trigger !== undefined && !(await deps.commands.firstTime('slack', onceKey('command', trigger)))) return
  if (!slashCommands.some((known) => known === data.command))
    return deps.respond(
      place,
      sentence('This is not a command of Suture', `Suture listens to ${slashCommands.join(', ')}.`),
    )
  try {
    const user = await userOf(deps.client, {
      workspaceId: data.team_id,
      userId: data.user_id,
      name: data.user_name === '' ? null : data.user_name,
    })
    const reply = await deps.commands.command(user, plainWords(data.text, null))
    const { form } = reply
    if (form !== undefined && trigger !== undefined && (await openForm(deps, trigger, place, form))) return
    await deps.respond(place, reply)
  } catch (error) {
    await deps.respond(place, failed)
    throw error
  }
}

/** Which subtypes are still a person's words: a reply that is also shown in the channel, and one with a file. */
const spokenSubtypes: readonly string[] = ['thread_broadcast', 'file_share']

export const onSaid = async (deps: Deps, body: unknown): Promise<void> => {
  const read = SaidEvent.safeParse(body)
  if (!read.success) return
  const { event, team_id: teamId, authorizations } = read.data
  const bot = authorizations?.[0]?.user_id ?? null
  const { subtype, user: userId, bot_id: botId } = event
  if (userId === undefined || botId != null || userId === bot) return
  if (subtype !== undefined && !spokenSubtypes.includes(subtype)) return
  const isDirect = event.channel_type === 'im'
  if (event.type === 'message' && !isDirect) {
    // A line in a channel is for its people, unless it stands in a thread: that may be an incident's.
    if (event.thread_ts === undefined) return
    // It comes as a mention as well.
    if (bot !== null && event.text.includes(`<@${bot}`)) return
  }
  const asker = { workspaceId: event.user_team ?? event.team ?? teamId, userId, name: null }
  const reply = await deps.commands.say(await userOf(deps.client, asker), {
    text: plainWords(event.text, bot),
    threadId: event.thread_ts === undefined ? null : `${event.channel}/${event.thread_ts}`,
    direct: isDirect,
    messageKey: `${event.channel}/${event.ts}`,
  })
  if (reply === null) return
  const thread = event.thread_ts ?? (isDirect ? null : event.ts)
  await deps.respond({ userId, channel: event.channel, thread, responseUrl: null }, reply)
}
