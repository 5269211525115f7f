import type { ChatUser, Press, PressReply } from '../../src/app/ports.ts'
import type { Ack, Deps } from './deps.ts'
import { reasonOf } from './failure.ts'
import { onceKey } from './once.ts'
import { openForm } from './open-form.ts'
import { BlockActions, ModalPlace, ViewSubmission } from './payloads.ts'
import { type Place, sentence } from './respond.ts'
import { userOf } from './who.ts'

/** Buttons, and the modals that some of them open. A click is acknowledged once it is carried out or stored. */

const outOfDate = sentence(
  'This button is out of date',
  'It belongs to an older message. Use the newest one, or `/heal`.',
)
const wentWrong = sentence(
  'That did not work',
  'Suture met a fault of its own. Press again; what was pressed before counts once.',
)
const tooSlow = sentence('The form did not open', 'Slack gives three seconds for it. Press again.')

type Action = ReturnType<typeof BlockActions.parse>
type Submission = ReturnType<typeof ViewSubmission.parse>

const tokenOf = (id: string, kind: 'act' | 'prompt'): string | null =>
  id.startsWith(`${kind}:`) ? id.slice(kind.length + 1) : null

const askerOf = ({ user, team }: Action | Submission) => ({
  // Of the person: where a channel is shared, somebody of another workspace may press.
  workspaceId: user.team_id ?? team?.id ?? '',
  userId: user.id,
  name: user.name ?? user.username ?? null,
})

const placeOf = ({ user, channel, message, container, response_url }: Action): Place => ({
  userId: user.id,
  channel: channel?.id ?? container?.channel_id ?? null,
  thread: message?.thread_ts ?? container?.thread_ts ?? null,
  responseUrl: response_url ?? null,
})

export const onAction = async (deps: Deps, body: unknown, ack: Ack): Promise<void> => {
  const read = BlockActions.safeParse(body)
  const pressed = read.data?.actions[0]
  if (!read.success || pressed === undefined) return ack()
  const place = placeOf(read.data)
  const token = tokenOf(pressed.action_id, 'act')
  if (token === null) {
    await ack()
    return deps.respond(place, outOfDate)
  }
  await orSay(deps, place, ack, async () => {
    const user = await userOf(deps.client, askerOf(read.data))
    const [first, prompt] = await Promise.all([
      deps.commands.firstTime('slack', onceKey('click', user.userId, pressed.action_ts, token)),
      deps.commands.promptOf(user, token),
    ])
    if (!first) return ack()
    if (prompt === null) return press(deps, user, place, { token, note: '' }, ack)
    await ack()
    if (!(await openForm(deps, read.data.trigger_id, place, { token, prompt })))
      await deps.respond(place, tooSlow)
  })
}

export const onSubmission = async (deps: Deps, body: unknown, ack: Ack): Promise<void> => {
  const read = ViewSubmission.safeParse(body)
  const token = read.success ? tokenOf(read.data.view.callback_id, 'prompt') : null
  if (!read.success || token === null) return ack()
  const { view, user: person } = read.data
  const kept = keptPlace(view.private_metadata)
  const place = { userId: person.id, channel: kept.channel, thread: kept.thread, responseUrl: null }
  const answers = answersOf(view.state.values)
  const [blockId = 'note', inputs] =
    Object.entries(view.state.values).find(([, values]) => 'note' in values) ?? []
  const note = inputs?.['note']?.value?.trim() ?? ''
  // Slack takes spaces for text.
  if (note === '' && kept.required && answers === null)
    return ack({ response_action: 'errors', errors: { [blockId]: 'Write something here, please.' } })
  await orSay(deps, place, ack, async () => {
    const user = await userOf(deps.client, askerOf(read.data))
    // A form that was sent back with its errors is sent again: then it has another trigger, and is the same view.
    const trigger = answers === null ? [] : [read.data.trigger_id ?? JSON.stringify(answers)]
    if (!(await deps.commands.firstTime('slack', onceKey('modal', view.id, token, ...trigger)))) return ack()
    await press(deps, user, place, { token, note, ...(answers === null ? {} : { answers }) }, ack)
  })
}

/** Null for a form that asks for a note. */
const answersOf = (values: Submission['view']['state']['values']): Record<string, string> | null => {
  const fields = Object.entries(values).filter(([id]) => id.startsWith('field:'))
  return fields.length === 0
    ? null
    : Object.fromEntries(
        fields.map(([id, inputs]) => {
          const [input] = Object.values(inputs)
          return [id.slice('field:'.length), input?.selected_option?.value ?? input?.value ?? '']
        }),
      )
}

const keptPlace = (privateMetadata: string): ModalPlace => {
  try {
    return ModalPlace.parse(JSON.parse(privateMetadata))
  } catch {
    return { channel: null, thread: null, required: true }
  }
}

const press = async (deps: Deps, user: ChatUser, place: Place, what: Press, ack: Ack): Promise<void> => {
  const pressed: PressReply = await deps.commands.press(user, what)
  const errors = errorsOf(pressed, what)
  if (errors !== null) return ack({ response_action: 'errors', errors })
  await ack()
  await told(deps, 'the answer to a click', () => deps.respond(place, pressed.reply))
  if (pressed.kind === 'working')
    await told(deps, 'the outcome of a click', async () => deps.respond(place, await pressed.later))
  await told(deps, 'the home page', () => deps.homes.publish(user))
}

/** By block, as Slack shows them; null where a field is not in this form: Slack would then show none of them. */
const errorsOf = (pressed: PressReply, { answers }: Press): Record<string, string> | null => {
  if (pressed.kind !== 'done' || pressed.problems === undefined || answers === undefined) return null
  const problems = Object.entries(pressed.problems)
  return problems.length > 0 && problems.every(([name]) => Object.hasOwn(answers, name))
    ? Object.fromEntries(problems.map(([name, problem]) => [`field:${name}`, problem]))
    : null
}

/** Beside the click: whoever was told that it is done must not hear that it failed, because something shown later did. */
const told = async (deps: Deps, what: string, tell: () => Promise<void>): Promise<void> => {
  try {
    await tell()
  } catch (error) {
    deps.log.warn({ error: reasonOf(error) }, `Slack: ${what} could not be shown`)
  }
}

/** Whoever pressed hears of it when it failed: silence would look like success. */
const orSay = async (deps: Deps, place: Place, ack: Ack, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    deps.log.error({ error: reasonOf(error) }, 'Slack: a click could not be carried out')
    await ack()
    await deps.respond(place, wentWrong)
  }
}
