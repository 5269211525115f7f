import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkDiscord } from '../../adapters/discord/check.ts'
import { createDiscordClient, type DiscordClient } from '../../adapters/discord/client.ts'
import { type DiscordPeer, discordIds as ids, startDiscord } from '../support/discord.ts'

let peer: DiscordPeer
let client: DiscordClient
const nothing = (): void => undefined

beforeAll(async () => {
  peer = await startDiscord()
})
beforeEach(() => {
  client = createDiscordClient({
    token: peer.token,
    guildId: peer.guildId,
    apiUrl: peer.apiUrl,
    now: () => 0,
    log: { info: nothing, warn: nothing, error: nothing },
    makeRequest: peer.makeRequest,
  })
})
afterAll(async () => {
  // It asks and changes nothing.
  expect(peer.sent.filter(({ method }) => method !== 'GET')).toEqual([])
  await peer.stop()
})

describe('the check of Discord', () => {
  it('C2 where all is well it has nothing to say', async () => {
    peer.actOut('GET', /\/guilds\/\d+$/, guildWith('8'))
    expect(await checkDiscord(client, ['incidents', 'payments'], { ownChannels: true })).toEqual([])
  })

  it('C2 a missing channel, missing rights and no right to make channels are each told with a remedy (rights acted out)', async () => {
    // View Channel and Send Messages alone.
    peer.actOut('GET', /\/guilds\/\d+$/, guildWith('3072'))
    const problems = await checkDiscord(client, ['incidents', 'nowhere'], { ownChannels: true })
    expect(problems.map(({ what }) => what)).toEqual([
      expect.stringContaining('Manage Channels'),
      expect.stringMatching(/In #incidents .*Create Public Threads, Send Messages in Threads/),
      expect.stringContaining('#nowhere'),
    ])
    for (const { remedy } of problems) expect(remedy).not.toBe('')
  })

  it('C2 what a channel denies counts more than what a role allows (rights acted out)', async () => {
    peer.actOut('GET', /\/guilds\/\d+$/, guildWith('1071698660928'))
    peer.actOut('GET', /\/channels$/, {
      kind: 'answer',
      status: 200,
      body: [
        {
          id: ids.incidents,
          type: 0,
          name: 'incidents',
          permission_overwrites: [{ id: ids.guild, type: 0, allow: '0', deny: '2048' }],
        },
      ],
    })
    expect(await checkDiscord(client, ['incidents'])).toEqual([
      expect.objectContaining({ what: 'In #incidents Suture lacks Send Messages.' }),
    ])
  })

  it('C2 a bot that was not invited gets the address that invites it (acted out)', async () => {
    peer.actOut('GET', /\/guilds\/\d+$/, {
      kind: 'answer',
      status: 404,
      body: { message: 'Unknown Guild', code: 10004 },
    })
    const [problem] = await checkDiscord(client, [])
    expect(problem?.remedy).toContain(`client_id=${ids.application}`)
  })

  it('C2 a wrong token is told as such (acted out)', async () => {
    peer.actOut('GET', /@me$/, {
      kind: 'answer',
      status: 401,
      body: { message: '401: Unauthorized', code: 0 },
    })
    expect(await checkDiscord(client, [])).toEqual([
      expect.objectContaining({ what: 'Discord refuses the bot token.' }),
    ])
  })
})

const guildWith = (permissions: string) =>
  ({
    kind: 'answer',
    status: 200,
    body: { id: ids.guild, name: 'Shop', owner_id: ids.owner, roles: [{ id: ids.guild, permissions }] },
  }) as const
