import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPublicKey, verifyRequest } from '../../adapters/discord/verify.ts'
import type { HookRequest } from '../../src/app/ports.ts'
import { discordIds } from '../support/discord.ts'
import { callbackOf, hookOf, openIncoming } from '../support/discord-incoming.ts'
import {
  autocomplete,
  buttonClick,
  modalSubmit,
  nextId,
  ping,
  publicKeyHex,
  recordedAt,
  signed,
  slashCommand,
} from '../support/discord-requests.ts'
import { type DiscordStub, startDiscordStub } from '../support/discord-stub.ts'
import { type FakeChatCommands, fakeChatCommands, replyOf } from '../support/fake-chat-commands.ts'

let stub: DiscordStub
beforeEach(async () => {
  stub = await startDiscordStub()
})
afterEach(async () => {
  await stub.stop()
})

const open = (commands: FakeChatCommands) => {
  const opened = openIncoming({ peer: stub, commands, publicKey: publicKeyHex })
  return { ...opened, hook: hookOf(opened) }
}

describe('what is not from Discord, or not for the first time', () => {
  const at = String(recordedAt)
  const click = () => buttonClick('act:approve-1')
  const flipped = (request: HookRequest, where: number): HookRequest => {
    const rawBody = Uint8Array.from(request.rawBody)
    rawBody[where] = (rawBody[where] ?? 0) ^ 1
    return { ...request, rawBody }
  }
  const refusals: readonly (readonly [string, string, () => HookRequest])[] = [
    ['without a signature', 'missing', () => ({ ...signed(click()), headers: new Headers() })],
    ['with one wrong byte', 'mismatch', () => flipped(signed(click()), 20)],
    ['with one byte more', 'mismatch', () => signed(click(), { body: `${JSON.stringify(click())} ` })],
    [
      'signed for another second',
      'mismatch',
      () => signed(click(), { headers: { 'x-signature-timestamp': `${recordedAt + 1}` } }),
    ],
    [
      'signed with zeros',
      'mismatch',
      () => signed(click(), { headers: { 'x-signature-ed25519': '0'.repeat(128) } }),
    ],
    ['signed too short', 'malformed', () => signed(click(), { headers: { 'x-signature-ed25519': 'ab' } })],
    [
      'signed with other letters',
      'malformed',
      () => signed(click(), { headers: { 'x-signature-ed25519': 'z'.repeat(128) } }),
    ],
    [
      'with a time that is no number',
      'malformed',
      () => signed(click(), { headers: { 'x-signature-timestamp': `${at} `.replace(' ', 'x') } }),
    ],
    ['from 301 s ago', 'stale', () => signed(click(), { at: recordedAt - 301 })],
    ['from 301 s ahead', 'stale', () => signed(click(), { at: recordedAt + 301 })],
  ]
  test.each(refusals)('C2 a request %s is refused with 401 and told as %s', async (_, reason, request) => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    expect((await hook(request())).status).toBe(401)
    expect(commands.refusals).toEqual([{ chat: 'discord', reason }])
    expect(commands.presses).toEqual([])
  })

  test('C2 a request is taken up to 300 s before and after its time, and no further', () => {
    const key = readPublicKey(publicKeyHex)
    const request = signed(click())
    const verdictAt = (seconds: number) =>
      verifyRequest(
        key,
        {
          rawBody: request.rawBody,
          signature: request.headers.get('x-signature-ed25519'),
          timestamp: request.headers.get('x-signature-timestamp'),
        },
        (recordedAt + seconds) * 1_000,
      ).ok
    expect([-301, -300, 0, 300, 301].map(verdictAt)).toEqual([false, true, true, true, false])
  })

  test('C2 a request that is replayed is refused and acted on once', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    const request = signed(click())
    callbackOf(await hook(request))
    const again = await Promise.all([hook(request), hook(request)])
    expect(again.map(({ status }) => status)).toEqual([401, 401])
    expect(commands.presses).toHaveLength(1)
    expect(commands.refusals).toEqual([1, 2].map(() => ({ chat: 'discord', reason: 'replayed' })))
  })

  test('C2 an interaction that comes again with a fresh signature is acted on once', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    const interaction = click()
    callbackOf(await hook(signed(interaction)))
    const again = await hook(signed(interaction, { at: recordedAt + 2 }))
    expect(again).toMatchObject({ status: 202, body: '' })
    expect(commands.presses).toHaveLength(1)
  })

  const strange: readonly (readonly [string, string])[] = [
    ['no JSON', '{"type":3'],
    ['no object', '[]'],
    ['of an unknown type', '{"type":99}'],
    ['without an id', JSON.stringify({ ...click(), id: undefined })],
    ['with an id that is a path', JSON.stringify({ ...click(), id: '1/../2' })],
  ]
  test.each(strange)('C2 a signed request that is %s is answered with 400', async (_, body) => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    expect((await hook(signed(body))).status).toBe(400)
    expect(commands.refusals).toEqual([{ chat: 'discord', reason: 'malformed' }])
  })

  test('C2 whatever is signed is answered, and never with a fault', async () => {
    const { hook } = open(fakeChatCommands())
    const good = [click(), slashCommand('status'), modalSubmit('prompt:x', 'why'), autocomplete('show', [])]
    const keys = ['id', 'token', 'data', 'member', 'user', 'type', 'guild_id']
    const spoilt = fc
      .tuple(fc.constantFrom(...good), fc.constantFrom(...keys), fc.jsonValue())
      .map(([interaction, key, value]): unknown => ({ ...interaction, id: nextId(), [key]: value }))
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), spoilt), async (body) => {
        const { status } = await hook(signed(JSON.stringify(body)))
        statuses.add(status)
        expect([200, 400]).toContain(status)
      }),
      { numRuns: 300 },
    )
    expect(statuses.size).toBe(2)
  })

  test('C2 bytes that are no text are answered with 400', async () => {
    const { hook } = open(fakeChatCommands())
    const request = signed('\u00ff')
    expect((await hook(request)).status).toBe(400)
  })

  test.each(['', 'ab', 'z'.repeat(64), `${publicKeyHex}00`])(
    'C2 a public key %j is refused in words',
    (hex) => {
      expect(() => readPublicKey(hex)).toThrow(/64 hexadecimal digits/)
    },
  )
})

describe('what Discord asks', () => {
  test('C2 a ping is answered with a ping', async () => {
    const { hook } = open(fakeChatCommands())
    const response = await hook(signed(ping()))
    expect(response).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"type":1}',
    })
  })

  test('C2 a slash command is answered in the response itself', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    const response = await hook(
      signed(
        slashCommand(
          'reject',
          [
            { name: 'reason', value: 'too risky at noon' },
            { name: 'request', value: 'req-7' },
          ],
          { roles: ['55'] },
        ),
      ),
    )
    expect(callbackOf(response)).toMatchObject({ type: 4, data: { flags: 32_768 | 64 } })
    expect(commands.commanded).toEqual([
      {
        words: 'reject req-7 too risky at noon',
        user: {
          chat: 'discord',
          workspaceId: discordIds.guild,
          userId: discordIds.alice,
          name: 'Alice',
          groups: ['55'],
        },
      },
    ])
  })

  test('C2 what everybody may see is not hidden', async () => {
    const { hook } = open(fakeChatCommands({ command: async () => replyOf('For all', false) }))
    expect(callbackOf(await hook(signed(slashCommand('status')))).data.flags).toBe(32_768)
  })

  test('C2 completions are for the field that is being filled, 25 at most', async () => {
    const asked: string[] = []
    const { hook } = open(
      fakeChatCommands({
        suggest: async (_, words) => {
          asked.push(words)
          return [...Array(30).keys()].map((n) => `reject req-${n}`).concat('x'.repeat(101), '')
        },
      }),
    )
    const response = await hook(
      signed(autocomplete('reject', [{ name: 'request', value: 'req-', focused: true }])),
    )
    expect(asked).toEqual(['reject req-'])
    const { type, data } = callbackOf(response) as unknown as { type: number; data: { choices: object[] } }
    expect(type).toBe(8)
    expect(data.choices).toHaveLength(25)
    expect(data.choices[0]).toEqual({ name: 'req-0', value: 'req-0' })
  })

  test('C2 a button that asks for text opens a modal, and what was written comes with the press', async () => {
    const commands = fakeChatCommands({
      promptOf: async () => ({ title: 'Reject', label: 'Why?', required: true, about: 'Restart checkout' }),
    })
    const { hook } = open(commands)
    const modal = callbackOf(await hook(signed(buttonClick('act:reject-1'))))
    expect(modal).toMatchObject({ type: 9, data: { custom_id: 'prompt:reject-1', title: 'Reject' } })
    expect(commands.presses).toEqual([])
    for (const shape of ['label', 'row'] as const)
      callbackOf(await hook(signed(modalSubmit('prompt:reject-1', `by ${shape}`, {}, shape))))
    expect(commands.presses.map(({ press }) => press)).toEqual([
      { token: 'reject-1', note: 'by label' },
      { token: 'reject-1', note: 'by row' },
    ])
  })

  test('C2 a button that is none of ours does nothing and says so to one person', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    for (const id of ['link', 'act:', 'prompt:x'])
      expect(callbackOf(await hook(signed(buttonClick(id))))).toMatchObject({
        type: 4,
        data: { flags: 32_832 },
      })
    expect(commands.presses).toEqual([])
  })

  test('C2 a click from a direct message counts for the configured server, with the roles there', async () => {
    const commands = fakeChatCommands()
    stub.manners.members.set(discordIds.alice, ['55', '56'])
    const { hook } = open(commands)
    callbackOf(await hook(signed(buttonClick('act:approve-1', { direct: true }))))
    callbackOf(await hook(signed(buttonClick('act:approve-2', { direct: true }))))
    expect(commands.presses.map(({ user }) => user)).toEqual(
      [1, 2].map(() => ({
        chat: 'discord',
        workspaceId: discordIds.guild,
        userId: discordIds.alice,
        name: 'Alice',
        groups: ['55', '56'],
        groupsAgeMs: expect.any(Number) as number,
      })),
    )
    expect(stub.requests.filter(({ path }) => path.includes('/members/'))).toHaveLength(1)
  })

  test('C2 somebody from outside of the server is not served in a direct message', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    callbackOf(await hook(signed(buttonClick('act:approve-1', { direct: true }))))
    expect(commands.presses).toEqual([])
    expect(commands.refusals).toEqual([{ chat: 'discord', reason: 'unknown_workspace' }])
  })

  test('C2 an interaction of another server keeps the name of that server', async () => {
    const commands = fakeChatCommands()
    const { hook } = open(commands)
    callbackOf(await hook(signed(buttonClick('act:approve-1', { guildId: '42' }))))
    expect(commands.presses.map(({ user }) => user.workspaceId)).toEqual(['42'])
  })
})
