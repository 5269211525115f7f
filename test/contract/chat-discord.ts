import { vi } from 'vitest'
import { openDiscord } from '../../adapters/discord/index.ts'
import type { HookRequest } from '../../src/app/ports.ts'
import { chatWorld, otherTenant } from '../db/chat-world.ts'
import { testTenant } from '../support/app.ts'
import { type DiscordPeer, discordIds, startDiscord } from '../support/discord.ts'
import { callbackOf } from '../support/discord-incoming.ts'
import { everyComponent } from '../support/discord-payloads.ts'
import {
  buttonClick,
  modalOfFields,
  modalSubmit,
  type Placed,
  publicKeyHex,
  recordedAt,
  signed,
  slashCommand,
} from '../support/discord-requests.ts'
import { handTimers } from '../support/hand-timers.ts'
import {
  type Answer,
  type ChatHarness,
  everybody,
  type Field,
  type Form,
  type Incident,
  labelOf,
  openShower,
  patient,
  people,
  roles,
  type Seen,
  type Values,
  type Who,
} from './chat-harness.ts'

export type DiscordWay = 'gateway' | 'http'

const otherGuild = '200000000000000009'
const userIds = Object.fromEntries(everybody.map((who, at) => [who, `31000000000000000${at}`])) as Readonly<
  Record<Who, string>
>
const roleId = (role: string) => `50000000000000000${(roles as readonly string[]).indexOf(role)}`
const guildOf = (who: Who) => (who === 'otto' ? otherGuild : discordIds.guild)
const rolesOf = (who: Who) => people[who].map(roleId)

const within = { timeout: 60_000, interval: 10 }
const ephemeral = 1 << 6

/** Discord as people see it: messages are kept by a peer that is not ours; interactions come by its gateway, or signed. */
export const discordChat = async (way: DiscordWay): Promise<ChatHarness> => {
  const world = await chatWorld()
  const peer = await startDiscord()
  await addPeople(peer)
  const { twin } = peer
  const chat = openDiscord({
    token: peer.token,
    guildId: discordIds.guild,
    publicKey: way === 'http' ? publicKeyHex : null,
    apiUrl: peer.apiUrl,
    consoleUrl: 'https://suture.example',
    commands: world.commandsWith({
      startTimer: patient,
      workspaces: [
        { chat: 'discord', workspaceId: discordIds.guild, tenantId: testTenant },
        { chat: 'discord', workspaceId: otherGuild, tenantId: otherTenant },
      ],
      roleGroups: { slack: [], discord: roles.map((role) => ({ role, group: roleId(role) })) },
    }),
    now: way === 'http' ? () => recordedAt * 1_000 : Date.now,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    makeRequest: peer.makeRequest,
    // Likewise: nothing comes due by itself.
    timers: handTimers(recordedAt * 1_000),
  })
  await chat.start()
  if (way === 'gateway') await vi.waitFor(() => connected(chat.state().connected), within)
  const shower = await openShower(world, chat.port)
  const private_ = new Map<Who, string[]>(everybody.map((who) => [who, []]))
  const open: string[] = []
  const marked: string[] = []

  const seen = (message: { id: string; components?: unknown }): Seen => {
    const parts = everyComponent(message.components)
    const texts = parts.filter((part) => part['type'] === 10).map((part) => String(part['content']))
    marked.push(...texts.filter((text) => activeMention.test(text)))
    const buttons = parts
      .filter((part) => part['type'] === 2 && part['custom_id'] !== undefined)
      .map((part) => ({
        id: String(part['custom_id']),
        label: labelOf(String(part['label'])),
        messageId: message.id,
      }))
    return { id: message.id, text: shownText(texts.join('\n')), buttons }
  }
  // The peer keeps what one person alone sees among the messages, told by its flag.
  const messagesIn = async (channel: string) =>
    (await twin.channel(channel).getMessages()).filter(({ flags = 0 }) => (flags & ephemeral) === 0)
  const threadOf = async ({ id }: Incident) =>
    (await twin.channel(discordIds.incidents).getThreads()).filter(({ name }) => name?.startsWith(`${id} · `))
  const repliesIn = async (thread: string) => {
    const tops = new Set((await messagesIn(discordIds.incidents)).map(({ id }) => id))
    // The message that a thread starts from is shown at its top.
    return (await messagesIn(thread)).filter(({ id }) => !tops.has(id))
  }

  /** Sends what Discord would, the way this adapter listens, and resolves with its answer, once that is whole. */
  const interact = async (
    who: Who,
    byGateway: () => Promise<{ id: string; token: string }>,
    byRequest: (placed: Placed) => { id: string; token: string; member?: object },
  ): Promise<Answer> => {
    let first: { readonly type: number; readonly data?: Shown }
    let token: string
    if (way === 'gateway') {
      const sent = await byGateway()
      token = sent.token
      const path = `/interactions/${sent.id}/${token}/callback`
      first = await vi.waitFor(() => bodyOf(peer, path), within)
      await twin
        .channel(discordIds.incidents)
        .waitForInteractionAck({ interactionId: sent.id, timeout: 60_000 })
    } else {
      const placed = { userId: userIds[who], guildId: guildOf(who), roles: rolesOf(who) }
      const built = byRequest(placed)
      const interaction = { ...built, member: { ...built.member, nick: who } }
      token = interaction.token
      const hook = chat.hook as (request: HookRequest) => Promise<Parameters<typeof callbackOf>[0]>
      first = callbackOf(await hook(signed(interaction))) as typeof first
    }
    if (first.type === 9) return { told: '', form: formOf(first.data), buttons: [], openly: false }
    const later = `/webhooks/${discordIds.application}/${token}/messages/@original`
    const shown = first.type === 5 ? await vi.waitFor(() => bodyOf<Shown>(peer, later), within) : first.data
    const { text: told, buttons } = seen({ id: '', components: shown?.components })
    const openly = (Number(first.data?.flags) & ephemeral) === 0
    if (openly) open.push(told)
    else private_.get(who)?.push(told)
    return { told, form: null, buttons, openly }
  }
  const placeOf = async (messageId: string): Promise<string> => {
    const { channelId } = await twin.prisma.message.findUniqueOrThrow({ where: { id: messageId } })
    return channelId
  }

  return {
    via: 'discord',
    world,
    show: shower.show,
    heads: async ({ title }) =>
      (await messagesIn(discordIds.incidents)).map(seen).filter(({ text }) => text.includes(title)),
    thread: async (incident) => {
      const threads = await threadOf(incident)
      return (await Promise.all(threads.map(({ id }) => repliesIn(id)))).flat().map(seen)
    },
    press: (who, { id: customId, messageId }) =>
      interact(
        who,
        async () =>
          twin.simulateButtonClick({
            channelId: await placeOf(messageId),
            userId: userIds[who],
            messageId,
            customId,
            guildId: guildOf(who),
          }),
        (placed) => buttonClick(customId, placed),
      ),
    submit: (who, form, given) => {
      const fields = typeof given === 'string' ? [{ customId: 'note', value: given }] : filled(form, given)
      return interact(
        who,
        () =>
          twin.simulateModalSubmit({
            channelId: discordIds.incidents,
            userId: userIds[who],
            customId: form.id,
            fields,
            guildId: guildOf(who),
          }),
        (placed) =>
          typeof given === 'string'
            ? modalSubmit(form.id, given, placed)
            : modalOfFields(form.id, inputsOf(form, given), placed),
      )
    },
    command: (who, words) => {
      const [name = '', value] = words.split(' ')
      const options = value === undefined ? [] : [{ name: name === 'show' ? 'incident' : 'request', value }]
      return interact(
        who,
        () =>
          twin.simulateSlashCommand({
            channelId: discordIds.incidents,
            userId: userIds[who],
            name: 'heal',
            options: [{ name, type: 1, options: options.map((option) => ({ type: 3, ...option })) }],
            guildId: guildOf(who),
          }),
        (placed) => slashCommand(name, options, placed),
      )
    },
    privately: (who) => private_.get(who) ?? [],
    openly: async (incidents) => {
      const threads = (await Promise.all(incidents.map(threadOf))).flat()
      const places = [discordIds.incidents, ...threads.map(({ id }) => id)]
      const all = await Promise.all(places.map(messagesIn))
      return [...all.flat().map((message) => seen(message).text), ...open]
    },
    remove: async ({ id: messageId }) => {
      await twin.simulateUserMessageDelete({ messageId, channelId: await placeOf(messageId) })
    },
    wrongs: async () => [...peer.violations, ...marked],
    personId: (who) => `discord-${userIds[who]}`,
    // Discord itself lets nobody type a command that is not registered; one from an older registration is answered with help.
    nature: { cuts: true, asksForForms: true, help: /\/heal approve REQ/, nearest: /\/heal approve REQ/ },
    close: async () => {
      await shower.stop()
      await chat.stop()
      await peer.stop()
      await world.close()
    },
  }
}

interface Shown {
  readonly flags?: number
  readonly components?: unknown
}

const connected = (yes: boolean): void => {
  if (!yes) throw new Error('not connected yet')
}

const bodyOf = <T = { readonly type: number; readonly data?: Shown }>(peer: DiscordPeer, path: string): T => {
  const sent = peer.sent.findLast((each) => each.path === path)
  if (sent === undefined) throw new Error(`nothing was sent to ${path}`)
  return sent.body as T
}

const formOf = (data: object | undefined): NonNullable<Answer['form']> => {
  const modal = data as { custom_id: string; title: string; components: unknown }
  const labels = everyComponent(modal.components).filter((part) => part['type'] === 18)
  return {
    id: modal.custom_id,
    title: modal.title,
    label: String(labels[0]?.['label']),
    fields: labels.flatMap(fieldOf),
    kept: '',
  }
}

type Part = ReturnType<typeof everyComponent>[number]

const fieldOf = (part: Part): Field[] => {
  const input = part['component'] as Part
  const [name] = /(?<=^field:).*/.exec(String(input['custom_id'])) ?? []
  if (name === undefined) return []
  const options = (input['options'] ?? []) as readonly { value: string; default?: boolean }[]
  const chosen = options.find((option) => option.default === true)?.value
  return [
    {
      name,
      label: String(part['label']),
      value: chosen ?? (typeof input['value'] === 'string' ? input['value'] : ''),
      options: options.map(({ value }) => value),
    },
  ]
}

const filled = ({ fields }: Form, values: Values): { customId: string; value: string }[] =>
  fields.map(({ name, value }) => ({ customId: `field:${name}`, value: values[name] ?? value }))

/** As Discord sends it back: a select has the values that were chosen. */
const inputsOf = (form: Form, values: Values): object[] =>
  filled(form, values).map(({ customId: custom_id, value }, at) =>
    (form.fields[at]?.options.length ?? 0) > 0
      ? { type: 3, custom_id, values: [value] }
      : { type: 4, custom_id, value },
  )

const addPeople = async ({ twin: { prisma } }: DiscordPeer): Promise<void> => {
  await prisma.guild.create({ data: { id: otherGuild, name: 'Other', ownerId: discordIds.owner } })
  for (const who of everybody) {
    await prisma.user.create({ data: { id: userIds[who], username: who, globalName: who } })
    await prisma.guildMember.create({
      data: { guildId: guildOf(who), userId: userIds[who], roles: JSON.stringify(rolesOf(who)) },
    })
  }
}

/** As Discord shows it: without backslashes before signs, without what is not seen, and without formats. */
const shownText = (text: string): string =>
  text
    .replaceAll('\u200b', '')
    .replaceAll('**', '')
    .replace(/(?<!\\)`/g, '')
    .replace(/\\([^\p{L}\p{N}\s])/gu, '$1')

/** What would be read as a ping if pings were allowed at all. */
const activeMention = /@(everyone|here)\b|(?<!\\)<@/
