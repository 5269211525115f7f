import { afterEach, expect, test } from 'vitest'
import type { ReplyFile } from '../../src/app/ports.ts'
import { replyOf } from '../support/fake-chat-commands.ts'
import { type TestSlack, testSlack } from '../support/slack.ts'
import { slashCommand } from '../support/slack-requests.ts'
import { slackIds } from '../support/slack-stub.ts'

const opened: TestSlack[] = []
afterEach(async () => {
  for (const slack of opened.splice(0)) await slack.close()
})

const aFile = (threadId: string | null): ReplyFile => ({
  name: 'suture-proof-run-7.json',
  contentType: 'application/json',
  text: '{"checkpoint":"— ä"}\n',
  sentence: 'The 9 entries about run-7 <all>.',
  threadId,
})

const asking = async (threadOf: (slack: TestSlack) => Promise<string | null>) => {
  let threadId: string | null = null
  const slack = await testSlack({
    way: 'http',
    answers: { command: async () => ({ ...replyOf('Proof'), file: aFile(threadId) }) },
  })
  opened.push(slack)
  threadId = await threadOf(slack)
  await slack.send(
    'command',
    slashCommand({ text: 'audit prove run-7', response_url: slack.stub.responseUrl() }),
  )
  await slack.stub.until(() => slack.stub.callsOf('files.completeUploadExternal').length === 1)
  return { slack, threadId, shared: slack.stub.callsOf('files.completeUploadExternal')[0]?.params }
}

const headIn = async ({ stub }: TestSlack): Promise<string> => {
  const posted = await stub.direct('chat.postMessage', { channel: slackIds.general, text: 'inc-7' })
  return `${slackIds.general}/${String(posted['ts'])}`
}

test('A2 C1 a file of an answer is put into the thread that it is about, beside the card for the person alone', async () => {
  const { slack, threadId, shared } = await asking(headIn)
  expect(shared).toMatchObject({
    channel_id: slackIds.general,
    thread_ts: threadId?.split('/')[1],
    initial_comment: 'The 9 entries about run-7 &lt;all&gt;.',
  })
  expect(slack.stub.callsOf('files.getUploadURLExternal')[0]?.params).toMatchObject({
    filename: 'suture-proof-run-7.json',
    length: expect.toSatisfy(
      (length: unknown) => Number(length) === Buffer.byteLength(aFile(null).text),
    ) as number,
  })
  expect(slack.said()).toEqual(['Proof'])
})

test('A2 C1 where there is no thread it goes to whoever asked', async () => {
  const { shared } = await asking(async () => null)
  expect(shared?.['channel_id']).toMatch(/^D/)
  expect(shared?.['thread_ts']).toBeUndefined()
})

test('A2 C1 what Slack does not take is told with what may be missing', async () => {
  const slack = await testSlack({
    way: 'http',
    answers: { command: async () => ({ ...replyOf('Proof'), file: aFile(null) }) },
  })
  opened.push(slack)
  slack.stub.fault({ method: 'files.getUploadURLExternal', as: { kind: 'refusal', error: 'missing_scope' } })
  await slack.send(
    'command',
    slashCommand({ text: 'audit prove run-7', response_url: slack.stub.responseUrl() }),
  )
  await slack.stub.until(() => slack.stub.responses.length === 2)
  expect(slack.said()).toEqual(['Proof', 'The file did not arrive'])
})
