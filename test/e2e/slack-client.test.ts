import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkSlack } from '../../adapters/slack/check.ts'
import { createSlackClient, type SlackClient } from '../../adapters/slack/client.ts'
import { renderHome } from '../../adapters/slack/home.ts'
import { renderPrompt } from '../../adapters/slack/modal.ts'
import { slackScopes } from '../../adapters/slack/scopes.ts'
import { type SlackStub, slackIds, startSlackStub } from '../support/slack-stub.ts'

/** Against `emulate`; user groups and faults are our stub in front of it. */

let stub: SlackStub
let client: SlackClient
const logged: string[] = []
const line = (details: object, message: string) => logged.push(`${JSON.stringify(details)} ${message}`)
const log = { info: line, warn: line, error: line }

beforeAll(async () => {
  stub = await startSlackStub()
})
afterAll(() => stub.close())
beforeEach(() => {
  stub.clearFaults()
  logged.length = 0
  client = createSlackClient({ token: slackIds.botToken, apiUrl: stub.apiUrl, now: () => 0, log })
})

describe('the self-check of Slack', () => {
  it('C1 has nothing to say when all is well', async () => {
    expect(await checkSlack(client, ['ops', '#payments'])).toEqual([])
  })

  it('C1 names missing scopes, missing channels and what to do', async () => {
    const lacking: SlackClient = {
      ...client,
      scopes: () => Promise.resolve(Object.keys(slackScopes).filter((scope) => scope !== 'chat:write')),
    }
    expect(await checkSlack(lacking, ['nowhere'])).toEqual([
      {
        what: 'The bot token lacks chat:write (posting cards and replies).',
        remedy: 'Paste manifest.yml into the app’s page “App Manifest”, then install the app again.',
      },
      {
        what: 'Slack has no channel #nowhere that Suture can see.',
        remedy: 'Create it; if it is private, write /invite @suture in it.',
      },
    ])
  })

  it('C1 reads what a token may do from the header that Slack sends and the peer does not', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-oauth-scopes': 'chat:write, commands',
      })
      response.end('{"ok":true}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const other = createSlackClient({ token: 'x', apiUrl: `http://127.0.0.1:${port}/`, now: () => 0, log })
    expect(await other.scopes()).toEqual(['chat:write', 'commands'])
    const [problem] = await checkSlack(other, [])
    expect(problem?.what).toContain('app_mentions:read (questions by mention), channels:history')
    expect(problem?.what).not.toContain('commands')
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })

  it.each([
    [{ is_private: true }, 'Suture is not in the private channel #quiet.'],
    [{ is_archived: true }, 'The channel #quiet is archived.'],
    [{ is_private: true, is_member: true }, undefined],
  ])('C1 a channel like %j', async (how, what) => {
    const answer = { ok: true, channels: [{ id: 'C1', name: 'quiet', ...how }] }
    stub.fault({
      method: 'conversations.list',
      as: { kind: 'status', status: 200, body: JSON.stringify(answer) },
    })
    expect((await checkSlack(client, ['quiet']))[0]?.what).toBe(what)
  })

  it('C1 says what is wrong with a token', async () => {
    stub.fault({ method: 'auth.test', as: { kind: 'refusal', error: 'invalid_auth' } })
    expect(await checkSlack(client, [])).toEqual([
      {
        what: 'Slack does not know the bot token (invalid_auth).',
        remedy: expect.stringContaining('SUTURE_SLACK_BOT_TOKEN') as unknown,
      },
    ])
  })
})

describe('the client of Slack', () => {
  it('C1 knows who it is, who is in which group, and what people are called', async () => {
    expect(await client.identify()).toEqual({
      teamId: slackIds.team,
      botUserId: slackIds.bot,
      botId: slackIds.botId,
    })
    stub.groups.set('S1', [slackIds.user])
    expect((await client.groupsOf(slackIds.user))?.ids).toEqual(['S1'])
    expect((await client.groupsOf('U2'))?.ids).toEqual([])
    expect(stub.callsOf('usergroups.list')).toHaveLength(1)
    expect(await client.nameOf('U-nobody')).toBe('U-nobody')
    expect(await client.nameOf(slackIds.user)).not.toBe(slackIds.user)
  })

  it('C1 asks for a name once while several wait for it, and not again soon where Slack did not tell it', async () => {
    let nowMs = 0
    const asking = createSlackClient({ token: slackIds.botToken, apiUrl: stub.apiUrl, now: () => nowMs, log })
    const before = stub.callsOf('users.info').length
    const asked = () => stub.callsOf('users.info').length - before
    await Promise.all([asking.nameOf(slackIds.user), asking.nameOf(slackIds.user)])
    expect(asked()).toBe(1)
    stub.fault({ method: 'users.info', as: { kind: 'status', status: 500, body: '' } })
    for (let said = 0; said < 3; said += 1) expect(await asking.nameOf('U-unread')).toBe('U-unread')
    expect(asked()).toBe(2)
    nowMs = 60_000
    await asking.nameOf('U-unread')
    await asking.nameOf(slackIds.user)
    expect(asked()).toBe(3)
    nowMs = 5 * 60_000
    expect(await asking.nameOf(slackIds.user)).not.toBe(slackIds.user)
    expect(asked()).toBe(4)
  })

  it('C6 the groups of everybody are read anew when they are asked for, and are what is known from then on', async () => {
    stub.groups.set('S1', [slackIds.user])
    expect((await client.groupsOf(slackIds.user))?.ids).toEqual(['S1'])
    stub.groups.set('S1', [])
    expect((await client.allGroups())?.get(slackIds.user)).toBeUndefined()
    expect((await client.groupsOf(slackIds.user))?.ids).toEqual([])
    stub.fault({ method: 'usergroups.list', as: { kind: 'refusal', error: 'missing_scope' } })
    expect(await client.allGroups()).toBeNull()
  })

  it('C1 groups that can’t be read are no groups that are empty', async () => {
    stub.fault({ method: 'usergroups.list', as: { kind: 'refusal', error: 'missing_scope' } })
    expect(await client.groupsOf(slackIds.user)).toBeNull()
  })

  it('C1 never logs its token, whatever goes wrong', async () => {
    stub.fault({ method: '*', as: { kind: 'status', status: 500, body: 'oops' }, times: 3 })
    stub.fault({ method: '*', as: { kind: 'cut' }, times: 3 })
    const failures: string[] = []
    for (let attempt = 0; attempt < 6; attempt++)
      await client.call('auth.test', {}).catch((error: unknown) => failures.push(String(error)))
    expect(failures).toHaveLength(6)
    expect([...failures, ...logged].join()).not.toContain(slackIds.botToken)
  })

  it('C1 sends its token to no other address', async () => {
    const seen = stub.calls.length
    await expect(client.call('https://evil.example/api', {})).rejects.toThrow('404')
    expect(stub.calls.length).toBe(seen + 1)
  })

  it('C1 answers in a thread, to one person alone, and as a home page', async () => {
    const message = { text: 'Hello', blocks: [] }
    await client.reply({ channel: slackIds.general, thread: '1.000001' }, message)
    expect(stub.callsOf('chat.postMessage').at(-1)?.params).toMatchObject({
      thread_ts: '1.000001',
      link_names: 'false',
    })
    await stub.direct('conversations.join', { channel: slackIds.general })
    await client.postEphemeral({ channel: slackIds.general, user: slackIds.user, thread: null }, message)
    expect(stub.callsOf('chat.postEphemeral').at(-1)?.params).toMatchObject({ user: slackIds.user })
    await client.publishHome(slackIds.user, renderHome([], { consoleUrl: null }))
    await client.openView(
      await stub.trigger(),
      renderPrompt({ title: 'Reject', label: 'Why not?', required: true, about: '' }, 'token-1', ''),
    )
  })
})
