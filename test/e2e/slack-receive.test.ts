import { afterEach, describe, expect, test } from 'vitest'
import type { ChatCommands, ChatReply } from '../../src/app/ports.ts'
import { answerCard, replyOf } from '../support/fake-chat-commands.ts'
import { type TestSlack, type TestSlackOptions, testSlack, type Way } from '../support/slack.ts'
import {
  appMention,
  blockActions,
  eventCallback,
  homeOpened,
  message,
  slashCommand,
  viewSubmission,
} from '../support/slack-requests.ts'
import { slackIds } from '../support/slack-stub.ts'

/** What people do in Slack, over both ways in, against the stub. Every answer is looked for where the person would see it. */
const thread = '1795369000.000100'
const ways: readonly Way[] = ['http', 'socket']
const opened: TestSlack[] = []

const open = async (way: Way, answers: Partial<ChatCommands> = {}, more: Partial<TestSlackOptions> = {}) => {
  const slack = await testSlack({ way, answers, ...more })
  opened.push(slack)
  return slack
}
afterEach(async () => {
  for (const slack of opened.splice(0)) await slack.close()
})

const prompt = { title: 'Reject', label: 'Why?', required: true, about: 'Restart of checkout' }

describe.each(ways)('C1 Slack over %s', (way) => {
  test('C1 a slash command is acknowledged empty and answered by its response_url, to the person alone', async () => {
    const { stub, commands, send } = await open(way)
    stub.groups.set('S0LEADS', [slackIds.user])
    const response_url = stub.responseUrl()
    expect(await send('command', slashCommand({ text: 'status &lt;b&gt; <@U9|bob>', response_url }))).toEqual(
      {},
    )
    await stub.until(() => stub.responses.length === 1)
    expect(commands.commanded).toMatchObject([
      {
        words: 'status <b> @bob',
        user: {
          chat: 'slack',
          workspaceId: slackIds.team,
          userId: slackIds.user,
          name: 'ada',
          groups: ['S0LEADS'],
        },
      },
    ])
    expect(stub.responses[0]?.body).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Asked: status &lt;b&gt; @bob',
    })
  })

  test('C1 a command that is not one of ours is told what is', async () => {
    const { stub, commands, send, said } = await open(way)
    await send('command', slashCommand({ command: '/other', response_url: stub.responseUrl() }))
    await stub.until(() => stub.responses.length === 1)
    expect(said()).toEqual(['This is not a command of Suture'])
    expect(commands.commanded).toEqual([])
  })

  test('C1 a click becomes a press, is answered in its thread to the person alone, and their home is shown anew', async () => {
    const { stub, commands, send } = await open(way)
    const click = blockActions({ actionId: 'act:token-1', responseUrl: stub.responseUrl() })
    expect(await send('interactive', click)).toEqual({})
    expect(commands.presses).toMatchObject([
      { press: { token: 'token-1', note: '' }, user: { userId: slackIds.user, name: 'ada' } },
    ])
    await stub.until(() => stub.callsOf('views.publish').length === 1)
    expect(stub.responses).toMatchObject([
      { body: { text: 'Pressed', response_type: 'ephemeral', replace_original: false, thread_ts: thread } },
    ])
    expect(stub.callsOf('views.publish')[0]?.params['user_id']).toBe(slackIds.user)
  })

  test('C1 a click that takes long is told so at once, and its outcome when it is there', async () => {
    const later = Promise.withResolvers<ChatReply>()
    const { stub, send, said } = await open(way, {
      press: async () => ({ kind: 'working', reply: replyOf('Working on it'), later: later.promise }),
    })
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await stub.until(() => stub.responses.length === 1)
    later.resolve(replyOf('Approved'))
    await stub.until(() => stub.responses.length === 2)
    expect(said()).toEqual(['Working on it', 'Approved'])
  })

  test('C1 without a response_url the answer is shown to the person alone, in the same thread', async () => {
    const { stub, send } = await open(way)
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: null }))
    await stub.until(() => stub.callsOf('chat.postEphemeral').length === 1)
    expect(stub.callsOf('chat.postEphemeral')[0]?.params).toMatchObject({
      channel: slackIds.general,
      user: slackIds.user,
      thread_ts: thread,
      text: 'Pressed',
    })
  })

  test('C1 an answer that no other way reaches the person becomes a direct message', async () => {
    const { stub, send } = await open(way)
    stub.fault({ method: 'response', as: { kind: 'status', status: 404 } })
    stub.fault({ method: 'chat.postEphemeral', as: { kind: 'refusal', error: 'user_not_in_channel' } })
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await stub.until(() => stub.callsOf('chat.postMessage').length === 1)
    expect(stub.callsOf('chat.postMessage')[0]?.params).toMatchObject({
      channel: slackIds.user,
      text: 'Pressed',
    })
  })

  test('C1 a response_url that is not of Slack is left alone', async () => {
    const { stub, send, logged } = await open(way)
    const responseUrl = 'https://hooks.slack.com.example.org/actions/secret-part'
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl }))
    await stub.until(() => stub.callsOf('chat.postEphemeral').length === 1)
    expect(logged.join('\n')).toContain('not of Slack')
    expect(logged.join('\n')).not.toContain('secret-part')
  })

  test('C1 a button pressed in the App Home is answered by a direct message', async () => {
    const { stub, send } = await open(way)
    await send('interactive', blockActions({ actionId: 'act:t', inHome: true }))
    await stub.until(() => stub.callsOf('views.publish').length === 1)
    expect(stub.callsOf('chat.postMessage')[0]?.params).toMatchObject({
      channel: slackIds.user,
      text: 'Pressed',
    })
  })

  test('C1 a home page that Slack does not take leaves the press as it is', async () => {
    const { stub, send, said, logged } = await open(way)
    stub.fault({ method: 'views.publish', as: { kind: 'refusal', error: 'not_enabled' } })
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await stub.until(() => stub.callsOf('views.publish').length === 1)
    await send('command', slashCommand({ response_url: stub.responseUrl() }))
    await stub.until(() => stub.responses.length === 2)
    expect(said()).toEqual(['Pressed', 'Asked: status'])
    expect(logged.join()).toContain('the home page could not be shown')
  })

  test('C1 a button nobody knows is acknowledged, and said to be out of date', async () => {
    const { stub, commands, send, said } = await open(way)
    const click = blockActions({ actionId: 'approve', responseUrl: stub.responseUrl() })
    expect(await send('interactive', click)).toEqual({})
    await stub.until(() => stub.responses.length === 1)
    expect(said()).toEqual(['This button is out of date'])
    expect(commands.presses).toEqual([])
  })

  test('C1 a button with a question opens a form; what is written there is pressed and answered in the thread', async () => {
    const { stub, commands, send } = await open(way, { promptOf: async () => prompt })
    const triggerId = await stub.trigger()
    await send('interactive', blockActions({ actionId: 'act:token-2', triggerId }))
    await stub.until(() => stub.callsOf('views.open').length === 1)
    const view = stub.callsOf('views.open')[0]?.params['view'] as Record<string, unknown>
    expect(view).toMatchObject({ callback_id: 'prompt:token-2' })
    expect(commands.presses).toEqual([])
    const submitted = { callbackId: 'prompt:token-2', privateMetadata: String(view['private_metadata']) }
    const blank = viewSubmission({ ...submitted, note: '  ', blockId: 'why' })
    expect(await send('interactive', blank)).toMatchObject({
      response_action: 'errors',
      errors: { why: expect.any(String) as string },
    })
    expect(commands.presses).toEqual([])
    expect(await send('interactive', viewSubmission({ ...submitted, note: ' too risky ' }))).toEqual({})
    await stub.until(() => stub.callsOf('chat.postEphemeral').length === 1)
    expect(commands.presses).toMatchObject([{ press: { token: 'token-2', note: 'too risky' } }])
    expect(stub.callsOf('chat.postEphemeral')[0]?.params).toMatchObject({
      channel: slackIds.general,
      thread_ts: thread,
      user: slackIds.user,
    })
  })

  test('C1 a form that opens too late is told of in words', async () => {
    const { stub, send, said } = await open(way, { promptOf: async () => prompt })
    stub.fault({ method: 'views.open', as: { kind: 'refusal', error: 'expired_trigger_id' } })
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await stub.until(() => stub.responses.length === 1)
    expect(said()).toEqual(['The form did not open'])
  })

  test('C1 a mention is heard without the mention, and answered in a thread below it', async () => {
    const { stub, commands, send } = await open(way)
    await send('event', eventCallback(appMention('why is <#C1|checkout> red?')))
    await stub.until(() => stub.callsOf('chat.postMessage').length === 1)
    expect(commands.sayings).toMatchObject([
      {
        said: {
          text: 'why is #checkout red?',
          threadId: null,
          direct: false,
          messageKey: `${slackIds.general}/1795370000.000100`,
        },
      },
    ])
    expect(stub.callsOf('chat.postMessage')[0]?.params).toMatchObject({
      channel: slackIds.general,
      thread_ts: '1795370000.000100',
    })
  })

  test('C1 a line in a thread is heard with its thread, and answered there', async () => {
    const { stub, commands, send } = await open(way)
    const line = message('and now?', {
      channel_type: 'channel',
      channel: slackIds.general,
      thread_ts: thread,
    })
    await send('event', eventCallback(line))
    await stub.until(() => stub.callsOf('chat.postMessage').length === 1)
    expect(commands.sayings[0]?.said.threadId).toBe(`${slackIds.general}/${thread}`)
    expect(stub.callsOf('chat.postMessage')[0]?.params['thread_ts']).toBe(thread)
  })

  test('C1 a direct message is answered where it stands', async () => {
    const { stub, commands, send } = await open(way)
    const opened = await stub.direct('conversations.open', { users: slackIds.user })
    const { id } = opened['channel'] as { id: string }
    await send('event', eventCallback(message('status', { channel: id })))
    await stub.until(() => stub.callsOf('chat.postMessage').length === 1)
    expect(commands.sayings).toMatchObject([{ said: { text: 'status', threadId: null, direct: true } }])
    expect(stub.callsOf('chat.postMessage')[0]?.params).toMatchObject({ channel: id, text: 'Heard: status' })
    expect(stub.callsOf('chat.postMessage')[0]?.params['thread_ts']).toBeUndefined()
  })

  test('C1 bots, edits, Suture itself and talk that is not for it are not heard', async () => {
    const { commands, send, stub } = await open(way)
    const inChannel = { channel_type: 'channel', channel: slackIds.general }
    for (const [at, fields] of [
      { bot_id: 'B1' },
      { user: slackIds.bot },
      { user: undefined },
      { subtype: 'message_changed' },
      { subtype: 'bot_message', user: undefined },
      inChannel,
      // It comes as a mention as well, and is heard then.
      { ...inChannel, thread_ts: thread, text: `<@${slackIds.bot}> status` },
    ].entries())
      await send('event', eventCallback(message('status', { ts: `1.${at}`, ...fields })))
    await send('event', eventCallback(message('the last', { ts: '2.1' })))
    await stub.until(() => stub.callsOf('chat.postMessage').length === 1)
    expect(commands.sayings.map(({ said }) => said.text)).toEqual(['the last'])
  })

  test('C1 what was answered before, or asks nothing, is not answered', async () => {
    const { stub, commands, send } = await open(way, { say: async () => null })
    await send('event', eventCallback(message('thanks')))
    await commands.until(() => commands.sayings.length === 1)
    await send('command', slashCommand({ response_url: stub.responseUrl() }))
    await stub.until(() => stub.responses.length === 1)
    expect(stub.callsOf('chat.postMessage')).toEqual([])
  })

  test('C1 the App Home shows what waits when it is opened, and only then', async () => {
    const { stub, commands, send } = await open(way, {
      home: async () => [answerCard('Restart of checkout')],
    })
    await send('event', eventCallback(homeOpened('messages')))
    await send('event', eventCallback(homeOpened('home')))
    await stub.until(() => stub.callsOf('views.publish').length === 1)
    expect(commands.homes).toHaveLength(1)
    const { params } = stub.callsOf('views.publish')[0] ?? { params: {} }
    expect(params).toMatchObject({ user_id: slackIds.user, view: { type: 'home' } })
    expect(JSON.stringify(params)).toContain('Restart of checkout')
  })

  test('C1 a listener that is too slow does not hold up the acknowledgement, and its answer still comes', async () => {
    const press = Promise.withResolvers<void>()
    const { stub, commands, send, said } = await open(
      way,
      {
        press: async () => {
          await press.promise
          return { kind: 'done', reply: replyOf('Approved') }
        },
      },
      { timing: { ackMs: 50 } },
    )
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await commands.until(() => commands.presses.length === 1)
    expect(said()).toEqual([])
    press.resolve()
    await stub.until(() => stub.responses.length === 1)
    expect(said()).toEqual(['Approved'])
  })

  test('C1 stop waits until what is under way is answered', async () => {
    const press = Promise.withResolvers<void>()
    const { stub, chat, commands, send } = await open(
      way,
      {
        press: async () => {
          await press.promise
          return { kind: 'done', reply: replyOf('Approved') }
        },
      },
      { timing: { ackMs: 20 } },
    )
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await commands.until(() => commands.presses.length === 1)
    const stopped = chat.stop()
    setImmediate(press.resolve)
    await stopped
    expect(stub.responses).toHaveLength(1)
  })

  test('C1 user groups that Slack does not tell in time are unknown, and the click goes on', async () => {
    const { stub, commands, send } = await open(way)
    stub.fault({ method: 'usergroups.list', as: { kind: 'hang' } })
    await send('interactive', blockActions({ actionId: 'act:t', responseUrl: stub.responseUrl() }))
    await commands.until(() => commands.presses.length === 1)
    expect(commands.presses[0]?.user.groups).toBeNull()
  })

  test('C1 a fault behind a click, a command or a message is told in words, and the next is served', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('a defect')
    }
    const { stub, commands, send, said, logged } = await open(way, {
      press: broken,
      command: broken,
      say: broken,
      home: broken,
    })
    const response_url = stub.responseUrl()
    expect(await send('interactive', blockActions({ actionId: 'act:t', responseUrl: response_url }))).toEqual(
      {},
    )
    expect(await send('command', slashCommand({ response_url }))).toEqual({})
    expect(await send('event', eventCallback(message('status')))).toEqual({})
    expect(await send('event', eventCallback(homeOpened()))).toEqual({})
    await stub.until(() => stub.responses.length === 2)
    await commands.until(() => commands.homes.length === 1 && commands.sayings.length === 1)
    expect(said()).toEqual(['That did not work', 'That did not work'])
    expect(logged.join('\n')).toContain('a defect')
  })

  test('C1 a second delivery with a new id acts once: click, form and command alike', async () => {
    const { stub, commands, send } = await open(way)
    const response_url = stub.responseUrl()
    const click = blockActions({ actionId: 'act:t', responseUrl: response_url })
    const form = viewSubmission({ callbackId: 'prompt:t2', note: 'because', viewId: 'V7' })
    const command = slashCommand({ response_url })
    for (const again of [0, 1, 2]) {
      await send('interactive', { ...click, trigger_id: `${again}.1` })
      await send('interactive', { ...form, trigger_id: `${again}.2` })
      await send('command', { ...command, is_enterprise_install: `${again}` })
    }
    await send(
      'interactive',
      blockActions({ actionId: 'act:t', actionTs: '1795370009.1', responseUrl: null }),
    )
    await commands.until(() => commands.presses.length === 3)
    expect(commands.presses.map(({ press }) => press.token)).toEqual(['t', 't2', 't'])
    expect(commands.commanded).toHaveLength(1)
  })

  test('C1 what nobody knows yet is acknowledged and let be', async () => {
    const { commands, send } = await open(way)
    for (const [kind, body] of [
      ['interactive', { type: 'shortcut', callback_id: 'x', team: null, user: { id: 'U1' } }],
      ['interactive', { type: 'block_actions', actions: [] }],
      ['interactive', { type: 'view_closed', view: {} }],
      ['event', { type: 'app_rate_limited', minute_rate_limited: 1 }],
      ['event', eventCallback({ type: 'reaction_added', user: 'U1' })],
      ['event', eventCallback({ type: 'app_mention', channel: 7 })],
      ['command', { command: '/heal' }],
    ] as const)
      expect(await send(kind, body), JSON.stringify(body)).toEqual({})
    expect([commands.presses, commands.sayings, commands.commanded]).toEqual([[], [], []])
  })

  test('C1 no token, response_url or trigger reaches the log, whatever fails', async () => {
    const { stub, send, logged } = await open(way, { promptOf: async () => prompt })
    stub.fault({ method: '*', times: 20, as: { kind: 'refusal', error: 'token_revoked' } })
    const response_url = stub.responseUrl()
    await send(
      'interactive',
      blockActions({ actionId: 'act:t', triggerId: '77.88.secret', responseUrl: response_url }),
    )
    await send('command', slashCommand({ response_url, trigger_id: '77.99.secret' }))
    await stub.until(() => stub.callsOf('response').length >= 2)
    expect(logged.length).toBeGreaterThan(0)
    expect(logged.join('\n')).not.toMatch(/xoxb-|xapp-|response\/|77\.\d\d\.secret/)
  })
})
