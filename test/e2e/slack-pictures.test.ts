import { afterEach, expect, test } from 'vitest'
import { createPictureMaker } from '../../adapters/pictures/index.ts'
import type { CardPost, ChatReply, PictureMaker } from '../../src/app/ports.ts'
import type { Card } from '../../src/domain/card.ts'
import { answerCard } from '../support/fake-chat-commands.ts'
import { type TestSlack, type TestSlackOptions, testSlack } from '../support/slack.ts'
import { appMention, eventCallback, message, slashCommand } from '../support/slack-requests.ts'
import { slackIds } from '../support/slack-stub.ts'
import { aChart } from '../unit/support/charts.ts'

/** Against `emulate`, a peer that is not ours: it takes the files and shows them in its threads. */

const opened: TestSlack[] = []
afterEach(async () => {
  for (const slack of opened.splice(0)) await slack.close()
})

const opening = async (options: Partial<TestSlackOptions> = {}): Promise<TestSlack> => {
  const slack = await testSlack({ way: 'http', ...options })
  opened.push(slack)
  return slack
}

const chart = aChart()
const words: Card = answerCard('How remediations did', 'restart-service: 38 of 42 worked.')
const card: Card = { ...words, blocks: [...words.blocks, { kind: 'chart', chart }] }
const reply = (ephemeral: boolean): ChatReply => ({ card, ephemeral })

const drawing: PictureMaker = async ({ title, alt }) => ({
  name: 'chart.png',
  title,
  alt,
  bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe),
})

interface Shown {
  readonly ts: string
  readonly thread_ts?: string
  readonly blocks?: readonly object[]
  readonly files?: readonly { readonly title: string; readonly alt_txt?: string; readonly mimetype: string }[]
}
const thread = async ({ stub }: TestSlack, channel: string, ts: string): Promise<readonly Shown[]> =>
  ((await stub.direct('conversations.replies', { channel, ts })) as unknown as { messages: Shown[] }).messages

const post = (over: Partial<CardPost>): CardPost => ({
  tenantId: 'tenant-1',
  channel: 'general',
  cardId: 'card-1',
  incidentId: 'inc-42',
  version: 1,
  card,
  messageId: null,
  threadId: null,
  uncertain: false,
  ownChannel: null,
  ...over,
})
const headIn = async ({ stub }: TestSlack): Promise<string> =>
  String((await stub.direct('chat.postMessage', { channel: slackIds.general, text: 'inc-42' }))['ts'])
const deliver = (slack: TestSlack, what: CardPost) =>
  slack.chat.port.deliver(what, new AbortController().signal)

test('C7 C1 the card of an answer goes into its thread, and the picture of its chart after it, with its alt text', async () => {
  const warned: string[] = []
  const make = createPictureMaker({ log: { warn: (_, said) => void warned.push(said) } })
  const slack = await opening({ pictures: make })
  const ts = await headIn(slack)
  const delivered = await deliver(slack, post({ threadId: `${slackIds.general}/${ts}` }))
  expect(delivered).toMatchObject({ done: true })
  const [, said, picture] = await thread(slack, slackIds.general, ts)
  expect(JSON.stringify(said?.blocks)).toContain('38 of 42 worked')
  expect(JSON.stringify(said?.blocks)).not.toContain('▰')
  expect(picture?.files).toEqual([
    expect.objectContaining({ title: 'Success by playbook', alt_txt: chart.alt, mimetype: 'image/png' }),
  ])
  // Byte for byte what was drawn.
  expect(slack.stub.uploads).toHaveLength(1)
  expect(Buffer.from(slack.stub.uploads[0] ?? []).equals(Buffer.from((await make(chart))?.bytes ?? []))).toBe(
    true,
  )
  expect(warned).toEqual([])
})

test('C7 C1 a card that may stand there already, or is brought up to date, gets no second picture and keeps its rows', async () => {
  const slack = await opening({ pictures: drawing })
  const threadId = `${slackIds.general}/${await headIn(slack)}`
  const first = await deliver(slack, post({ threadId }))
  const messageId = first.done ? first.messageId : null
  await deliver(slack, post({ threadId, messageId, version: 2 }))
  await deliver(slack, post({ threadId, uncertain: true, version: 3 }))
  expect(slack.stub.uploads).toHaveLength(1)
  expect(JSON.stringify(slack.stub.callsOf('chat.update').at(-1)?.params['blocks'])).toContain('▰')
})

test('C7 C1 a picture that Slack does not take costs nobody the answer, and the log names the right', async () => {
  const slack = await opening({ pictures: drawing })
  slack.stub.fault({ method: 'files.getUploadURLExternal', as: { kind: 'refusal', error: 'missing_scope' } })
  const ts = await headIn(slack)
  expect(await deliver(slack, post({ threadId: `${slackIds.general}/${ts}` }))).toMatchObject({ done: true })
  expect(await thread(slack, slackIds.general, ts)).toHaveLength(2)
  expect(slack.logged.join()).toContain('files:write')
})

test('C7 C1 where no picture can be made the rows stand in the card', async () => {
  const slack = await opening({ pictures: async () => null })
  const ts = await headIn(slack)
  await deliver(slack, post({ threadId: `${slackIds.general}/${ts}` }))
  const [, said] = await thread(slack, slackIds.general, ts)
  expect(JSON.stringify(said?.blocks)).toContain('▰▰▰▰▰▰▰▰▰▱')
  expect(slack.stub.callsOf('files.getUploadURLExternal')).toEqual([])
})

test('C7 C1 the answer to a mention has its picture in the thread below it', async () => {
  const slack = await opening({ pictures: drawing, answers: { say: async () => reply(false) } })
  const ts = await headIn(slack)
  await slack.send('event', eventCallback(appMention('success by playbook', { ts, event_ts: ts })))
  await slack.stub.until(() => slack.stub.callsOf('files.completeUploadExternal').length === 1)
  expect(slack.stub.callsOf('files.completeUploadExternal')[0]?.params).toMatchObject({
    channel_id: slackIds.general,
    thread_ts: ts,
  })
  expect(slack.stub.callsOf('chat.postMessage').at(-1)?.params).toMatchObject({ thread_ts: ts })
})

test('C7 C1 a direct message has no third person, so its answer has a picture too', async () => {
  const slack = await opening({ pictures: drawing, answers: { say: async () => reply(true) } })
  const { channel } = (await slack.stub.direct('conversations.open', {
    users: slackIds.user,
  })) as unknown as {
    channel: { id: string }
  }
  await slack.send('event', eventCallback(message('success by playbook', { channel: channel.id })))
  await slack.stub.until(() => slack.stub.callsOf('files.completeUploadExternal').length === 1)
  expect(slack.stub.callsOf('files.completeUploadExternal')[0]?.params['channel_id']).toBe(channel.id)
})

test('C7 C1 an answer for one person of a channel alone is text: Slack shows files to no one alone', async () => {
  const slack = await opening({ pictures: drawing, answers: { command: async () => reply(true) } })
  await slack.send(
    'command',
    slashCommand({ text: 'ask success by playbook', response_url: slack.stub.responseUrl() }),
  )
  await slack.stub.until(() => slack.stub.responses.length === 1)
  expect(JSON.stringify(slack.stub.responses[0]?.body['blocks'])).toContain('▰▰▰▰▰▰▰▰▰▱')
  expect(slack.stub.callsOf('files.getUploadURLExternal')).toEqual([])
})
