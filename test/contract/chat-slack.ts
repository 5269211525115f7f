import { chatWorld, otherTenant } from '../db/chat-world.ts'
import { testTenant } from '../support/app.ts'
import { testSlack, type Way } from '../support/slack.ts'
import { blockActions, recordedAt, slashCommand, viewSubmission } from '../support/slack-requests.ts'
import { type SlackAnswer, slackIds } from '../support/slack-stub.ts'
import {
  type Answer,
  type Button,
  type ChatHarness,
  everybody,
  type Field,
  type Form,
  labelOf,
  openShower,
  patient,
  people,
  roles,
  type Seen,
  type Values,
  type Who,
} from './chat-harness.ts'

const otherTeam = 'T000000009'
/** Only one person is known to the peer, and only who is known there can be shown something in a channel alone. */
const userIds: Readonly<Record<Who, string>> = {
  ada: 'U0ADA',
  ben: 'U0BEN',
  chloe: slackIds.user,
  dan: 'U0DAN',
  dora: 'U0DORA',
  olga: 'U0OLGA',
  root: 'U0ROOT',
  vera: 'U0VERA',
  sam: 'U0SAM',
  otto: 'U0OTTO',
}
const groupOf = (role: string) => `S0${role.toUpperCase()}`

interface Message {
  readonly ts: string
  readonly text: string
  readonly blocks?: readonly unknown[]
}

/** Slack as people see it: the Web API is `emulate`'s; what is sent to Suture is signed or comes over a socket of our stub's. */
export const slackChat = async (way: Way): Promise<ChatHarness> => {
  const world = await chatWorld()
  const commands = world.commandsWith({
    startTimer: patient,
    workspaces: [
      { chat: 'slack', workspaceId: slackIds.team, tenantId: testTenant },
      { chat: 'slack', workspaceId: otherTeam, tenantId: otherTenant },
    ],
    roleGroups: { slack: roles.map((role) => ({ role, group: groupOf(role) })), discord: [] },
  })
  const slack = await testSlack({
    way,
    answers: commands,
    consoleUrl: 'https://suture.example',
    timing: { pingMs: 5_000, helloMs: 10_000, ackMs: 60_000 },
  })
  const { stub } = slack
  for (const role of roles)
    stub.groups.set(
      groupOf(role),
      everybody.filter((who) => people[who].some((each) => each === role)).map((who) => userIds[who]),
    )
  const made = (await stub.direct('conversations.create', { name: 'incidents' })) as SlackAnswer & {
    readonly channel: { readonly id: string }
  }
  const channel = made.channel.id
  const shower = await openShower(world, slack.chat.port)
  const private_ = new Map<Who, string[]>(everybody.map((who) => [who, []]))
  const open: string[] = []
  const pings: string[] = []
  let asked = 0

  const messages = async (method: string, params: object): Promise<Message[]> =>
    ((await stub.direct(method, { channel, ...params })) as SlackAnswer & { messages?: Message[] })
      .messages ?? []
  const history = async () =>
    (await messages('conversations.history', { limit: 200 }))
      .filter(({ blocks }) => blocks !== undefined)
      .reverse()
  const replies = async (ts: string) => (await messages('conversations.replies', { ts, limit: 200 })).slice(1)
  const seen = (message: Message): Seen => {
    pings.push(...pingsIn(message))
    return { id: message.ts, text: textOf(message.blocks), buttons: buttonsIn(message.blocks, message.ts) }
  }
  const heads: ChatHarness['heads'] = async ({ title }) =>
    (await history()).map(seen).filter(({ text }) => text.includes(title))

  /** What came of the request: an answer by its response_url, for one person in the channel, or directly to them; or a form. */
  const answerTo = async (who: Who, url: string | null, trigger: string, from: number): Promise<Answer> => {
    const userId = userIds[who]
    const found = () => {
      const response = stub.responses.find(({ path }) => url !== null && url.endsWith(path))
      if (response !== undefined) return { body: response.body, view: null }
      for (const { method, params } of stub.calls.slice(from)) {
        if (method === 'views.open' && params['trigger_id'] === trigger)
          return { body: null, view: params['view'] as Record<string, unknown> }
        const alone = method === 'chat.postEphemeral' && params['user'] === userId
        const directly = method === 'chat.postMessage' && params['channel'] === userId
        if (url === null && (alone || directly)) return { body: params, view: null }
      }
      return null
    }
    await stub.until(() => found() !== null)
    const { body, view } = found() ?? { body: {}, view: null }
    if (view !== null) {
      const inputs = everyObject(view).filter((each) => each['type'] === 'input')
      const form = {
        id: String(view['callback_id']),
        title: textOf(view['title']),
        label: textOf(inputs[0]?.['label']),
        fields: inputs.flatMap(fieldOf),
        kept: String(view['private_metadata']),
      }
      return { told: '', form, buttons: [], openly: false }
    }
    const told = textOf(body?.['blocks'])
    const openly = body?.['response_type'] === 'in_channel'
    pings.push(...pingsIn({ ts: '', text: String(body?.['text']), blocks: body?.['blocks'] as unknown[] }))
    if (openly) open.push(told)
    else private_.get(who)?.push(told)
    return { told, form: null, buttons: buttonsIn(body?.['blocks'], ''), openly }
  }

  const teamOf = (who: Who) => (who === 'otto' ? otherTeam : slackIds.team)
  const personOf = (who: Who) => ({ id: userIds[who], name: who, team_id: teamOf(who) })

  return {
    via: 'slack',
    world,
    show: shower.show,
    heads,
    thread: async (incident) => {
      const found = await heads(incident)
      return (await Promise.all(found.map(({ id }) => replies(id)))).flat().map(seen)
    },
    press: async (who, button) => {
      const nth = (asked += 1)
      const url = stub.responseUrl()
      const trigger = await stub.trigger()
      const from = stub.calls.length
      const click = blockActions({
        actionId: button.id,
        actionTs: `${recordedAt}.${nth}`,
        triggerId: trigger,
        responseUrl: url,
        threadTs: button.messageId,
        teamId: teamOf(who),
      })
      await slack.send('interactive', { ...click, user: personOf(who) })
      return answerTo(who, url, trigger, from)
    },
    submit: async (who, form, given) => {
      const nth = (asked += 1)
      const from = stub.calls.length
      const submitted = viewSubmission({
        callbackId: form.id,
        privateMetadata: form.kept,
        ...(typeof given === 'string' ? { note: given } : { note: null, fields: filled(form, given) }),
        viewId: `V${nth}`,
      })
      const acked = (await slack.send('interactive', { ...submitted, user: personOf(who) })) as {
        readonly errors?: Readonly<Record<string, string>>
      }
      if (acked.errors === undefined) return answerTo(who, null, '', from)
      const told = Object.values(acked.errors).join()
      private_.get(who)?.push(told)
      return { told, form: null, buttons: [], openly: false }
    },
    command: async (who, text) => {
      const url = stub.responseUrl()
      const trigger = await stub.trigger()
      const from = stub.calls.length
      const person = { user_id: userIds[who], user_name: who, team_id: teamOf(who) }
      const where = { response_url: url, trigger_id: trigger }
      await slack.send('command', slashCommand({ ...person, ...where, channel_id: channel, text }))
      return answerTo(who, url, trigger, from)
    },
    privately: (who) => private_.get(who) ?? [],
    openly: async (incidents) => {
      const tops = await history()
      const places = (await Promise.all(incidents.map(heads))).flat()
      const below = await Promise.all(places.map(({ id }) => replies(id)))
      return [...[...tops, ...below.flat()].map((message) => seen(message).text), ...open]
    },
    remove: async ({ id }) => {
      const { ok, error } = await stub.direct('chat.delete', { channel, ts: id })
      if (!ok) throw new Error(`not deleted: ${error}`)
    },
    // The peer knows one person, and shows a home page, or the answer to a form, to nobody else.
    wrongs: async () => [
      ...pings,
      ...slack.logged.filter(
        (line) =>
          !(/(user|channel)_not_found/.test(line) && /home page|direct message|answer to a click/.test(line)),
      ),
    ],
    personId: (who) => `slack-${userIds[who].toLowerCase()}`,
    nature: {
      cuts: true,
      asksForForms: true,
      help: /\/heal approve REQ/,
      nearest: /Did you mean \/heal approve\?/,
    },
    close: async () => {
      await shower.stop()
      await slack.close()
      await world.close()
    },
  }
}

type Json = Readonly<Record<string, unknown>>

const everyObject = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(everyObject)
  if (typeof value !== 'object' || value === null) return []
  return [value as Json, ...Object.values(value).flatMap(everyObject)]
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** As Slack shows it. mrkdwn alone has entities; text of rich text and plain text stands as it is. */
const shownText = (each: Json): string => {
  const { type, text, fallback } = each
  if (type === 'date') return String(fallback)
  if (typeof text !== 'string') return ''
  const shown = type === 'mrkdwn' ? text.replace(/&(lt|gt|amp);/g, (entity) => entities[entity] ?? '') : text
  return shown.replaceAll('\u2060', '')
}

/** Pieces of one line stand side by side; everything else in lines of its own. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('\n')
  if (typeof value !== 'object' || value === null) return ''
  const { type, elements, ...rest } = value as Json
  if (Array.isArray(elements) && /^rich_text_(section|quote|preformatted)$/.test(String(type)))
    return elements.map((each) => shownText(each as Json)).join('')
  const own = shownText(value as Json)
  return [own, ...[elements, ...Object.values(rest)].map(textOf)].filter(Boolean).join('\n')
}

const buttonsIn = (blocks: unknown, messageId: string): Button[] =>
  everyObject(blocks)
    .filter((each) => each['type'] === 'button' && each['url'] === undefined)
    .map((each) => ({ label: labelOf(textOf(each['text'])), id: String(each['action_id']), messageId }))

/** One input for one value; a note is none. */
const fieldOf = (input: Json): Field[] => {
  const element = input['element'] as Json
  const [name] = /(?<=^field:).*/.exec(String(input['block_id'])) ?? []
  if (name === undefined) return []
  const initial = element['initial_option'] as Json | undefined
  return [
    {
      name,
      label: textOf(input['label']),
      value: wordOf(initial?.['value'] ?? element['initial_value']),
      options: everyObject(element['options']).flatMap(({ value }) =>
        typeof value === 'string' ? [value] : [],
      ),
    },
  ]
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** As Slack sends it back: by block and action, what was chosen in an object of its own. */
const filled = ({ fields }: Form, values: Values): Record<string, object> =>
  Object.fromEntries(
    fields.map(({ name, value: before, options }) => {
      const id = `field:${name}`
      const value = values[name] ?? before
      const given =
        options.length === 0
          ? { type: 'plain_text_input', value }
          : { type: 'static_select', selected_option: { value } }
      return [id, { [id]: given }]
    }),
  )

/** What Slack would make a ping of: markup in mrkdwn, the message's own text included, and elements of rich text. */
const pingsIn = ({ text, blocks }: Message): string[] => [
  ...(activeMarkup.test(text) ? [text] : []),
  ...everyObject(blocks)
    .filter(
      (each) =>
        ['user', 'usergroup', 'broadcast'].includes(String(each['type'])) ||
        (each['type'] === 'mrkdwn' && activeMarkup.test(String(each['text']))),
    )
    .map((each) => JSON.stringify(each)),
]

const activeMarkup = /<(!(?!date\^)|@)/
