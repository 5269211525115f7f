import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAnswers } from '../../adapters/discord/answers.ts'
import { createDiscordPort } from '../../adapters/discord/deliver.ts'
import { createListen } from '../../adapters/discord/listen.ts'
import type { Members } from '../../adapters/discord/members.ts'
import { Interaction } from '../../adapters/discord/payloads.ts'
import { createPicturesOf } from '../../adapters/discord/pictures.ts'
import { createReceive, type Plan } from '../../adapters/discord/receive.ts'
import { createPictureMaker } from '../../adapters/pictures/index.ts'
import type { CardPost, ChatReply, PictureMaker } from '../../src/app/ports.ts'
import type { Card } from '../../src/domain/card.ts'
import { discordIds } from '../support/discord.ts'
import {
  type DiscordFileStub,
  type StubbedRequest,
  startDiscordFileStub,
} from '../support/discord-file-stub.ts'
import { everyComponent, problemsOf } from '../support/discord-payloads.ts'
import { messageCreated, slashCommand } from '../support/discord-requests.ts'
import { answerCard, fakeChatCommands } from '../support/fake-chat-commands.ts'
import { aChart } from '../unit/support/charts.ts'

/** Against a stub of ours: the peer that the other tests use takes no files. What goes out is held against Discord's schemas. */

let stub: DiscordFileStub
beforeEach(async () => {
  stub = await startDiscordFileStub()
})
afterEach(() => stub.close())

const chart = aChart()
const words: Card = answerCard('How remediations did', 'restart-service: 38 of 42 worked.')
const card: Card = {
  ...words,
  blocks: [
    ...words.blocks,
    { kind: 'chart', chart },
    { kind: 'context', text: [{ kind: 'plain', text: 'Rests on 60 outcomes' }] },
  ],
}
const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe)
const drawing: PictureMaker = async ({ title, alt }) => ({ name: 'chart.png', title, alt, bytes })

const post = (over: Partial<CardPost> = {}): CardPost => ({
  tenantId: 'tenant-1',
  channel: 'incidents',
  cardId: 'card-1',
  incidentId: 'inc-42',
  version: 1,
  card,
  messageId: null,
  threadId: `${discordIds.incidents}/20/30`,
  uncertain: false,
  ownChannel: null,
  ...over,
})
const deliver = (make: PictureMaker | null, over: Partial<CardPost> = {}) =>
  createDiscordPort(stub.client, {
    consoleUrl: null,
    log: stub.client.log,
    picturesOf: createPicturesOf(make),
  }).deliver(post(over), new AbortController().signal)

const problems = (): string[] =>
  stub.got.flatMap(({ method, path, json }) =>
    method === 'GET' || path === '/users/@me/channels' ? [] : problemsOf(method, path, json),
  )
const galleryOf = ({ json }: StubbedRequest): unknown[] =>
  everyComponent(json['components']).filter((component) => component['type'] === 12)

test('C7 C2 the picture stands in the card of the thread, between its words and its small print, with its alt text', async () => {
  const make = createPictureMaker({ log: stub.client.log })
  expect(await deliver(make)).toMatchObject({ done: true })
  const [sent] = stub.got
  if (sent === undefined) throw new Error('nothing was sent')
  expect(sent.path).toBe('/channels/30/messages')
  expect(everyComponent(sent.json['components']).map((component) => component['type'])).toEqual([
    17, 10, 10, 12, 10,
  ])
  expect(galleryOf(sent)).toEqual([
    { type: 12, items: [{ media: { url: 'attachment://1-chart.png' }, description: chart.alt }] },
  ])
  expect(sent.json['attachments']).toEqual([{ id: '0', filename: '1-chart.png', description: chart.alt }])
  expect(JSON.stringify(sent.json)).not.toContain('▰')
  expect(sent.files).toEqual([
    { name: '1-chart.png', type: 'image/png', bytes: new Uint8Array((await make(chart))?.bytes ?? []) },
  ])
  expect(problems()).toEqual([])
})

test('C7 C2 a card that is brought up to date brings its picture along', async () => {
  await deliver(drawing, { messageId: '30/77' })
  expect(stub.got[0]).toMatchObject({ method: 'PATCH', path: '/channels/30/messages/77' })
  expect(stub.got[0]?.files.map((file) => file.bytes)).toEqual([bytes])
  expect(problems()).toEqual([])
})

test.each([
  [403, 50_013],
  [413, 40_005],
  [400, 50_035],
])(
  'C7 C2 where Discord refuses the file (%i) the card goes with rows of text, and the log says so',
  async (status, code) => {
    stub.refuseFiles(status, code)
    expect(await deliver(drawing)).toMatchObject({ done: true })
    const [, again] = stub.got
    expect(again?.files).toEqual([])
    expect(JSON.stringify(again?.json)).toContain('▰▰▰▰▰▰▰▰▰▱')
    expect(galleryOf(again as StubbedRequest)).toEqual([])
    expect(stub.logged.join()).toContain('did not take a picture')
  },
)

test('C7 C2 without a picture the rows stand in the card', async () => {
  await deliver(async () => null)
  expect(JSON.stringify(stub.got[0]?.json)).toContain('▰▰▰▰▰▰▰▰▰▱')
  expect(problems()).toEqual([])
})

const members: Members = {
  of: async () => ({ member: true, roles: [], ageMs: 0 }),
  rolesOf: async () => new Map(),
}
const reply: ChatReply = { card, ephemeral: true }

const planFor = async (make: PictureMaker): Promise<Plan> => {
  const receive = createReceive({
    commands: fakeChatCommands({ command: async () => reply, firstTime: async () => true }),
    guildId: discordIds.guild,
    consoleUrl: null,
    members,
    sendFile: async () => undefined,
    picturesOf: createPicturesOf(make),
    pass: () => new Promise(() => undefined),
  })
  const interaction = Interaction.parse(
    slashCommand('ask', [{ name: 'question', value: 'success by playbook' }]),
  )
  if (interaction.type === 1) throw new Error('a ping')
  const plan = await receive(interaction)
  if (plan === null) throw new Error('no plan')
  await createAnswers(stub.client.rest, { log: stub.client.log, wait: async () => undefined }).answer(
    interaction,
    plan,
  )
  return plan
}

test('C7 C2 a command is answered in time with rows for this person alone, and the picture takes their place', async () => {
  await planFor(drawing)
  const [first, later] = stub.got
  expect(first?.json).toMatchObject({ type: 4, data: { flags: (1 << 15) | (1 << 6) } })
  expect(JSON.stringify(first?.json)).toContain('▰')
  expect(later).toMatchObject({ method: 'PATCH', files: [{ name: '1-chart.png', bytes }] })
  expect(later?.path).toMatch(/messages\/@original$/)
  expect(JSON.stringify(later?.json)).not.toContain('▰')
  expect(problems()).toEqual([])
})

test('C7 C2 where no picture can be made the rows stay, and nothing more is sent', async () => {
  await planFor(async () => null)
  expect(stub.got).toHaveLength(1)
})

test('C7 C2 the answer to a mention has its picture in the same message', async () => {
  const waits = { sendFile: async () => undefined, pass: () => new Promise<void>(() => undefined) }
  const listen = createListen({
    ...waits,
    client: stub.client,
    commands: fakeChatCommands({ say: async () => ({ card, ephemeral: false }) }),
    members,
    places: { of: async () => null, learn: () => undefined },
    consoleUrl: null,
    sendFile: async () => undefined,
    picturesOf: createPicturesOf(drawing),
  })
  await listen(messageCreated('success by playbook', { mentionsBot: true }))
  const sent = stub.got.at(-1)
  expect(sent).toMatchObject({ method: 'POST', files: [{ name: '1-chart.png', bytes }] })
  expect(sent?.json).toMatchObject({ enforce_nonce: true })
  expect(problems()).toEqual([])
})
