import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAnswers } from '../../adapters/discord/answers.ts'
import { gapMs } from '../../adapters/discord/limits.ts'
import { createListen } from '../../adapters/discord/listen.ts'
import type { Members } from '../../adapters/discord/members.ts'
import { Interaction } from '../../adapters/discord/payloads.ts'
import { createReceive } from '../../adapters/discord/receive.ts'
import { createSendFile, type SendFile } from '../../adapters/discord/send-file.ts'
import type { ChatReply, ReplyFile } from '../../src/app/ports.ts'
import { discordIds } from '../support/discord.ts'
import { type DiscordFileStub, startDiscordFileStub } from '../support/discord-file-stub.ts'
import { problemsOf } from '../support/discord-payloads.ts'
import { messageCreated, slashCommand } from '../support/discord-requests.ts'
import { answerCard, fakeChatCommands, replyOf } from '../support/fake-chat-commands.ts'

/** Against a stub of ours, as the peer of the other tests takes no files. What goes out is held against Discord's schemas. */

let stub: DiscordFileStub
const passed: number[] = []
beforeEach(async () => {
  stub = await startDiscordFileStub()
  passed.length = 0
})
afterEach(() => stub.close())

const members: Members = {
  of: async () => ({ member: true, roles: [], ageMs: 0 }),
  rolesOf: async () => new Map(),
}
const going: ChatReply = {
  ...replyOf('0 of 2', false),
  live: async (show) => {
    for (const title of ['1 of 2', '2 of 2']) await show(answerCard(title))
  },
}
const file: ReplyFile = {
  name: 'suture-proof-run-7.json',
  contentType: 'application/json',
  text: '{}',
  sentence: 'The 9 entries about run-7.',
  threadId: `${discordIds.incidents}/20/30`,
}
const pass = async (ms: number): Promise<void> => void passed.push(ms)
const sentTitles = () =>
  sent().map(({ method, json }) => [method, JSON.stringify(json).match(/\d of 2/)?.[0]])
const sent = () => stub.got.filter(({ method }) => method !== 'GET')
const problems = (): string[] => sent().flatMap(({ method, path, json }) => problemsOf(method, path, json))

const listenWith = (reply: ChatReply, sendFile: SendFile = createSendFile(stub.client)) =>
  createListen({
    client: stub.client,
    commands: fakeChatCommands({ say: async () => reply }),
    members,
    places: { of: async () => null, learn: () => undefined },
    consoleUrl: null,
    picturesOf: async () => null,
    sendFile,
    pause: pass,
  })

test('Q3 C2 the answer to a command goes on in its place, no faster than Discord takes it', async () => {
  const receive = createReceive({
    commands: fakeChatCommands({ command: async () => going, firstTime: async () => true }),
    guildId: discordIds.guild,
    consoleUrl: null,
    members,
    sendFile: async () => undefined,
    picturesOf: async () => null,
    pass: () => new Promise<void>(() => undefined),
    pause: pass,
  })
  const interaction = Interaction.parse(slashCommand('test', []))
  if (interaction.type === 1) throw new Error('a ping')
  const plan = await receive(interaction)
  if (plan === null) throw new Error('no plan')
  await createAnswers(stub.client.rest, { log: stub.client.log, wait: async () => undefined }).answer(
    interaction,
    plan,
  )
  expect(sentTitles()).toEqual([
    ['POST', '0 of 2'],
    ['PATCH', '1 of 2'],
    ['PATCH', '2 of 2'],
  ])
  // For everybody there: not the flag of a message for one person.
  expect(stub.got[0]?.json).toMatchObject({ type: 4, data: { flags: 1 << 15 } })
  expect(passed).toEqual([gapMs, gapMs])
  expect(problems()).toEqual([])
})

test('Q3 C2 the answer to a mention goes on in the same message', async () => {
  await listenWith(going)(messageCreated('run the tests', { mentionsBot: true }))
  const [, ...edits] = sent()
  expect(sentTitles()).toEqual([
    ['POST', '0 of 2'],
    ['PATCH', '1 of 2'],
    ['PATCH', '2 of 2'],
  ])
  expect(new Set(edits.map(({ path }) => path)).size).toBe(1)
  expect(edits[0]?.path).toMatch(/\/channels\/\d+\/messages\/\d+$/)
  expect(passed).toEqual([gapMs, gapMs])
  expect(problems()).toEqual([])
})

test('A2 C2 the file of an answer to a mention goes into its thread, and it is said when Discord does not take it', async () => {
  const reply = { ...replyOf('Proof of run-7', false), file }
  await listenWith(reply)(messageCreated('prove run-7', { mentionsBot: true }))
  expect(stub.got.at(-1)).toMatchObject({ path: expect.stringContaining('/channels/30/messages') as string })
  expect(stub.got.at(-1)?.files).toMatchObject([{ name: 'suture-proof-run-7.json' }])
  await listenWith(reply, () => Promise.reject(new Error('no')))(
    messageCreated('prove run-7', { mentionsBot: true }),
  )
  expect(JSON.stringify(stub.got.at(-1)?.json)).toContain('The file did not arrive')
})
