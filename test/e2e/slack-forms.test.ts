import { afterEach, expect, test } from 'vitest'
import type { ChatCommands } from '../../src/app/ports.ts'
import { replyOf } from '../support/fake-chat-commands.ts'
import { type TestSlack, testSlack } from '../support/slack.ts'
import { slashCommand, viewSubmission } from '../support/slack-requests.ts'

/** Forms that a command opens, and forms that are sent back with what is wrong. */

let slack: TestSlack
afterEach(() => slack.close())
const open = async (answers: Partial<ChatCommands>): Promise<TestSlack> => {
  slack = await testSlack({ way: 'http', answers })
  return slack
}

const field = (name: string, value: string) => ({
  name,
  label: name,
  hint: '',
  value,
  kind: { is: 'text', maxLength: 60 } as const,
})
const form = {
  token: 'form-freeze',
  prompt: { title: 'Freeze', label: 'Freeze', required: true, about: 'Now.', fields: [field('until', '2h')] },
}
const command = async () => ({ ...replyOf('What is frozen'), form })

test('C1 a command that has a form opens it by its trigger, and says nothing besides', async () => {
  const { stub, send } = await open({ command })
  const trigger_id = await stub.trigger()
  await send('command', slashCommand({ text: 'freeze', response_url: stub.responseUrl(), trigger_id }))
  await stub.until(() => stub.callsOf('views.open').length === 1)
  expect(stub.callsOf('views.open')[0]?.params).toMatchObject({
    trigger_id,
    view: { callback_id: 'prompt:form-freeze', blocks: [{}, { block_id: 'field:until' }] },
  })
  expect(stub.responses).toEqual([])
})

test('C1 where Slack no longer opens the form the card is shown, which has its button', async () => {
  const { stub, send, said } = await open({ command })
  stub.fault({ method: 'views.open', as: { kind: 'refusal', error: 'expired_trigger_id' } })
  await send('command', slashCommand({ text: 'freeze', response_url: stub.responseUrl() }))
  await stub.until(() => stub.responses.length === 1)
  expect(said()).toEqual(['What is frozen'])
})

test('C1 a form that came back with what is wrong is sent again from the same view; each sending counts once', async () => {
  const { commands, send } = await open({
    press: async (_, { answers }) => ({
      kind: 'done',
      reply: replyOf('Not valid'),
      ...(answers?.['until'] === 'soon' ? { problems: { until: 'That is no time. Say 2h.' } } : {}),
    }),
  })
  const sent = (value: string) =>
    viewSubmission({
      callbackId: 'prompt:form-freeze',
      note: null,
      fields: { 'field:until': { 'field:until': { type: 'plain_text_input', value } } },
    })
  const told = { response_action: 'errors', errors: { 'field:until': 'That is no time. Say 2h.' } }
  for (const trigger_id of ['1.1', '1.2'])
    expect(await send('interactive', { ...sent('soon'), trigger_id })).toEqual(told)
  for (const hash of ['1', '2'])
    expect(await send('interactive', { ...sent('2h'), trigger_id: '1.3', hash })).toEqual({})
  expect(commands.presses.map(({ press }) => press.answers)).toEqual([
    { until: 'soon' },
    { until: 'soon' },
    { until: '2h' },
  ])
})
