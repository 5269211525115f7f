import { expect, it, onTestFinished } from 'vitest'
import { createDiscordClient } from '../../adapters/discord/client.ts'
import { createDiscordPort } from '../../adapters/discord/deliver.ts'
import { createSlackClient } from '../../adapters/slack/client.ts'
import { createSlackPort } from '../../adapters/slack/deliver.ts'
import type { CardPost } from '../../src/app/ports.ts'
import { noticeCard } from '../../src/message/notice-card.ts'
import { discordIds, startDiscord } from '../support/discord.ts'
import { everyComponent } from '../support/discord-payloads.ts'
import { slackIds, startSlackStub } from '../support/slack-stub.ts'

/** A checkpoint of the history is told in a channel by itself: of no incident, in no thread. */

const signature = '— suture.test/audit/lab Az3grlgtzPI+/w=='
const post = (channel: string): CardPost => ({
  tenantId: 'lab',
  channel,
  cardId: 'apart/checkpoint/lab/9',
  incidentId: null,
  version: 1,
  card: noticeCard({
    title: 'Checkpoint of the history',
    tone: 'neutral',
    text: [{ kind: 'code', text: signature }],
  }),
  messageId: null,
  threadId: null,
  uncertain: false,
  ownChannel: null,
})
const quiet = () => undefined
const log = { info: quiet, warn: quiet, error: quiet }
const noSignal = new AbortController().signal

it('A1 C1 in Slack it is a message of the channel, with the signature to the byte', async () => {
  const stub = await startSlackStub()
  onTestFinished(() => stub.close())
  const client = createSlackClient({ token: slackIds.botToken, apiUrl: stub.apiUrl, now: () => 0, log })
  const port = createSlackPort(client, { consoleUrl: null, log })
  expect(await port.deliver(post('ops'), noSignal)).toMatchObject({ done: true })
  const sent = stub.callsOf('chat.postMessage').at(-1)?.params
  expect(sent?.['thread_ts']).toBeUndefined()
  expect(JSON.stringify(sent)).toContain(signature)
})

it('A1 C2 in Discord it is a message of the channel, with the signature to the byte', async () => {
  const peer = await startDiscord()
  onTestFinished(() => peer.stop())
  const client = createDiscordClient({
    token: peer.token,
    guildId: peer.guildId,
    apiUrl: peer.apiUrl,
    now: () => 0,
    log,
    makeRequest: peer.makeRequest,
  })
  const port = createDiscordPort(client, { consoleUrl: null, log })
  expect(await port.deliver(post('payments'), noSignal)).toMatchObject({ done: true })
  const messages = await peer.twin.channel(discordIds.payments).getMessages()
  const texts = messages.map((message) =>
    everyComponent(message.components)
      .map((part) => (typeof part['content'] === 'string' ? part['content'] : ''))
      .join('\n'),
  )
  expect(texts).toEqual([expect.stringContaining(`\`${signature}\``)])
})
