import { afterEach, expect, test } from 'vitest'
import type { ChatReply } from '../../src/app/ports.ts'
import { answerCard, replyOf } from '../support/fake-chat-commands.ts'
import { type TestSlack, testSlack } from '../support/slack.ts'
import { slashCommand } from '../support/slack-requests.ts'
import { slackIds } from '../support/slack-stub.ts'

const opened: TestSlack[] = []
afterEach(async () => {
  for (const slack of opened.splice(0)) await slack.close()
})

const going = (ephemeral: boolean): ChatReply => ({
  ...replyOf('0 of 2', ephemeral),
  live: async (show) => {
    for (const title of ['1 of 2', '2 of 2']) await show(answerCard(title))
  },
})
const asked = async (reply: ChatReply): Promise<TestSlack> => {
  const slack = await testSlack({ way: 'http', answers: { command: async () => reply } })
  opened.push(slack)
  return slack
}
const send = (slack: TestSlack) =>
  slack.send('command', slashCommand({ text: 'test', response_url: slack.stub.responseUrl() }))

test('Q3 C1 an answer that goes on is one message, which is changed until it stays', async () => {
  const slack = await asked(going(false))
  await send(slack)
  await slack.stub.until(() => slack.stub.callsOf('chat.update').length === 2)
  const [posted] = slack.stub.callsOf('chat.postMessage')
  expect(JSON.stringify(posted?.params)).toContain('0 of 2')
  const updates = slack.stub.callsOf('chat.update').map(({ params }) => params)
  expect(updates.map((each) => JSON.stringify(each).match(/\d of 2/)?.[0])).toEqual(['1 of 2', '2 of 2'])
  expect(new Set(updates.map((each) => each['channel']))).toEqual(new Set([posted?.params['channel']]))
  expect(slack.stub.responses).toEqual([])
})

test('Q3 C1 an update that Slack does not take loses nothing: how it ended is shown all the same', async () => {
  const slack = await asked(going(false))
  slack.stub.fault({ method: 'chat.update', as: { kind: 'refusal', error: 'internal_error' }, times: 2 })
  await send(slack)
  await slack.stub.until(() => slack.stub.callsOf('chat.update').length === 3)
  const titles = slack.stub
    .callsOf('chat.update')
    .map(({ params }) => JSON.stringify(params).match(/\d of 2/)?.[0])
  // The second was not taken either, and so came once more.
  expect(titles).toEqual(['1 of 2', '2 of 2', '2 of 2'])
})

test('Q3 C1 what is for one person alone goes on in their direct messages, and says so where they asked', async () => {
  const slack = await asked(going(true))
  await send(slack)
  await slack.stub.until(() => slack.stub.callsOf('chat.update').length === 2)
  expect(slack.said()).toEqual(['0 of 2'])
  expect(JSON.stringify(slack.stub.responses[0]?.body)).toContain('in your direct messages')
  expect(slack.stub.callsOf('chat.postMessage').map(({ params }) => params['channel'])).toEqual([
    slackIds.user,
  ])
  expect(slack.stub.callsOf('chat.update').at(-1)?.params['channel']).toMatch(/^D/)
})

test('Q3 C1 where there are no direct messages, that person is shown how it ended', async () => {
  const slack = await asked(going(true))
  slack.stub.fault({ method: 'chat.postMessage', as: { kind: 'refusal', error: 'cannot_dm_bot' } })
  await send(slack)
  await slack.stub.until(() => slack.stub.responses.length === 1)
  expect(slack.said()).toEqual(['2 of 2'])
  expect(slack.stub.callsOf('chat.update')).toEqual([])
})
