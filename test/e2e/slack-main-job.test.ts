import { expect, it, onTestFinished, vi } from 'vitest'
import { startChatSuture } from '../support/chat-suture.ts'
import { blockActions, eventCallback, message, slashCommand } from '../support/slack-requests.ts'
import { type SlackAnswer, type SlackStub, slackIds, startSlackStub } from '../support/slack-stub.ts'
import { complaints, messageComplaints } from '../unit/support/slack-limits.ts'

/** The whole of Suture against a Slack that is not ours (emulate), listened to by Socket Mode (a stub of ours in front). */

const within = { timeout: 60_000, interval: 50 }
const requester = 'U0ONCALL'
const approver = 'U0LEAD'

interface Message {
  readonly ts: string
  readonly text: string
  readonly blocks?: readonly unknown[]
}

/** What one sees of the channel and its thread, and how one presses. */
const channelOf = (slack: SlackStub, channel: string) => {
  const messages = async (method: string, params: object): Promise<Message[]> =>
    ((await slack.direct(method, { channel, ...params })) as SlackAnswer & { messages: Message[] }).messages
  const head = async (): Promise<Message> => {
    const [found] = (await messages('conversations.history', {})).filter(({ blocks }) => blocks !== undefined)
    if (found === undefined) throw new Error('there is no card in the channel yet')
    return found
  }
  const thread = async (): Promise<Message[]> =>
    (await messages('conversations.replies', { ts: (await head()).ts })).slice(1)
  const buttons = async (label: string): Promise<string[]> =>
    everyObject(await thread())
      .filter((each) => each['type'] === 'button' && textOf(each) === label)
      .map((each) => String(each['action_id']))
  let clicks = 0
  const press = async (userId: string, actionId: string): Promise<void> => {
    const { ts } = await head()
    clicks += 1
    const actionTs = `1795370000.00${clicks}`
    const click = { actionId, actionTs, userId, threadTs: ts, responseUrl: slack.responseUrl() }
    await slack.acked(slack.envelope('interactive', blockActions(click)))
  }
  return { head, thread, buttons, press }
}

const everyObject = (value: unknown): Record<string, unknown>[] => {
  if (Array.isArray(value)) return value.flatMap(everyObject)
  if (typeof value !== 'object' || value === null) return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(everyObject)]
}
const textOf = ({ text }: Record<string, unknown>): unknown =>
  typeof text === 'object' && text !== null && 'text' in text ? text.text : undefined

it('C1 C4 C5 C7 an alert is healed by clicks that arrive over Slack: one thread, one restart, a picture of how it did, and nothing is left behind', async () => {
  const slack = await startSlackStub()
  onTestFinished(() => slack.close())
  slack.groups.set('S0ONCALL', [requester])
  slack.groups.set('S0LEADS', [approver])
  const made = (await slack.direct('conversations.create', { name: 'incidents' })) as SlackAnswer & {
    channel: { id: string }
  }
  const { head, thread, buttons, press } = channelOf(slack, made.channel.id)
  const { suture, target, post } = await startChatSuture({
    SUTURE_SLACK_BOT_TOKEN: slackIds.botToken,
    SUTURE_SLACK_APP_TOKEN: slackIds.appToken,
    SUTURE_SLACK_API_URL: slack.apiUrl,
    SUTURE_SLACK_ROLES: 'responder=S0ONCALL,approver=S0LEADS',
  })
  await slack.until(() => slack.openSockets().length > 0)

  await post('firing')
  await vi.waitFor(async () => expect(await buttons('Approve')).toHaveLength(1), within)
  const [approve = ''] = await buttons('Approve')
  const first = await head()
  expect(JSON.stringify(first)).not.toMatch(/<!(channel|here|everyone)/)

  const answers = (): string => JSON.stringify(slack.responses.map(({ body }) => body))
  await press(requester, approve)
  await vi.waitFor(() => expect(answers()).toMatch(/approver/i), within)
  expect(answers()).not.toMatch(/did not work/)
  expect(target.effects.size).toBe(0)

  await press(approver, approve)
  await vi.waitFor(() => expect([...target.effects.values()]).toEqual([1]), within)
  await post('resolved')
  await vi.waitFor(async () => expect(JSON.stringify(await head())).toMatch(/Resolved/i), within)
  await vi.waitFor(async () => {
    expect(JSON.stringify(await thread())).toMatch(/recovered|healed|worked/i)
    expect(await buttons('Approve')).toEqual([])
  }, within)

  const line = { channel: made.channel.id, channel_type: 'channel', user: approver, thread_ts: first.ts }
  const question = message('success rate per playbook?', { ...line, ts: '1795370090.000100' })
  await slack.acked(slack.envelope('events_api', eventCallback(question)))
  await vi.waitFor(() => expect(slack.uploads).toHaveLength(1), within)
  expect(Buffer.from(slack.uploads[0] ?? []).toString('latin1', 1, 4)).toBe('PNG')
  await vi.waitFor(async () => {
    const files = everyObject(await thread()).filter((each) => each['mimetype'] === 'image/png')
    expect(files[0]).toMatchObject({ title: 'Success by playbook' })
    expect(files[0]?.['alt_txt']).toContain('restart-service: 100 % (1 of 1, 21–100 %)')
  }, within)

  const before = slack.responses.length
  await press(approver, approve)
  await vi.waitFor(() => expect(slack.responses.length).toBeGreaterThan(before), within)
  const fields = { user_id: approver, channel_id: made.channel.id, text: 'status' }
  const asked = slack.envelope(
    'slash_commands',
    slashCommand({ ...fields, response_url: slack.responseUrl() }),
  )
  await slack.acked(asked)
  await vi.waitFor(() => expect(slack.responses.length).toBeGreaterThan(before + 1), within)

  expect(answers()).not.toMatch(/did not work/)
  expect([...target.effects.values()]).toEqual([1])
  expect((await head()).ts).toBe(first.ts)
  const heads = slack
    .callsOf('chat.postMessage')
    .filter(({ params }) => params['channel'] === made.channel.id && params['thread_ts'] === undefined)
  expect(heads).toHaveLength(1)

  const messages = [
    ...['chat.postMessage', 'chat.update', 'chat.postEphemeral']
      .flatMap(slack.callsOf)
      .map(({ params }) => params),
    ...slack.responses.map(({ body }) => body),
  ] as unknown as { text: string; blocks: object[] }[]
  expect(messages.length).toBeGreaterThan(8)
  expect(messages.flatMap(messageComplaints)).toEqual([])
  const homes = slack.callsOf('views.publish').map(({ params }) => params['view']) as { blocks: object[] }[]
  expect(homes.flatMap(({ blocks }) => complaints(blocks, 100))).toEqual([])

  expect(suture.family().length).toBeGreaterThan(1)
  expect(await suture.stop()).toBe(0)
  await slack.until(() => slack.openSockets().length === 0)
  expect(suture.family()).toEqual([])
  const log = suture.stdout() + suture.stderr()
  expect(log).not.toContain(slackIds.botToken)
  expect(log).not.toContain(slackIds.appToken)
})
