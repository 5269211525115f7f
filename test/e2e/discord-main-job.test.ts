import { expect, it, onTestFinished, vi } from 'vitest'
import { startChatSuture } from '../support/chat-suture.ts'
import { type DiscordPeer, discordIds, startDiscord } from '../support/discord.ts'
import { openGate } from '../support/discord-gate.ts'
import { everyComponent } from '../support/discord-payloads.ts'

/** The whole of Suture against a Discord that is not ours (discord-digital-twin), over its REST API and its gateway. */

const within = { timeout: 60_000, interval: 50 }
const roles = { responder: '500000000000000001', approver: '500000000000000002' }

const giveRole = (peer: DiscordPeer, userId: string, role: string) =>
  peer.twin.prisma.guildMember.update({
    where: { guildId_userId: { guildId: discordIds.guild, userId } },
    data: { roles: JSON.stringify([role]) },
  })

it('C2 C4 C5 an alert is healed by clicks that arrive over Discord: one thread, one restart, and nothing is left behind', async () => {
  const peer = await startDiscord()
  onTestFinished(() => peer.stop())
  await giveRole(peer, discordIds.alice, roles.responder)
  await giveRole(peer, discordIds.bob, roles.approver)
  const { apiUrl } = await openGate(peer)
  const { suture, target, post } = await startChatSuture({
    SUTURE_DISCORD_TOKEN: peer.token,
    SUTURE_DISCORD_GUILD: discordIds.guild,
    SUTURE_DISCORD_API_URL: apiUrl,
    SUTURE_DISCORD_ROLES: `responder=${roles.responder},approver=${roles.approver}`,
  })
  const { twin } = peer
  await vi.waitFor(() => expect(suture.stderr() + suture.stdout()).toContain('"connected"'), within)

  await post('firing')
  const channel = twin.channel(discordIds.incidents)
  const threadId = async (): Promise<string> => {
    const [thread] = await channel.getThreads()
    if (thread === undefined) throw new Error('there is no thread yet')
    return thread.id
  }
  const cards = async () => twin.channel(await threadId()).getMessages()
  const approveButton = async () => {
    for (const message of await cards())
      for (const component of everyComponent(message.components ?? []))
        if (component['label'] === 'Approve')
          return { messageId: message.id, customId: String(component['custom_id']) }
    throw new Error('nothing can be approved')
  }
  const approve = await vi.waitFor(approveButton, within)
  const click = async (user: string) => {
    const place = twin.channel(await threadId())
    const { id } = await place.user(user).clickButton(approve)
    await place.waitForInteractionAck({ interactionId: id, timeout: 60_000 })
    return JSON.stringify(await place.getInteractionResponse(id)) + JSON.stringify(await place.getMessages())
  }

  expect(await click(discordIds.alice)).toMatch(/role approver|role to approve/i)
  expect(target.effects.size).toBe(0)
  await click(discordIds.bob)
  await vi.waitFor(() => expect([...target.effects.values()]).toEqual([1]), within)
  await post('resolved')
  await vi.waitFor(async () => {
    expect(JSON.stringify(await channel.getMessages())).toMatch(/Resolved/i)
    expect(JSON.stringify(await cards())).toMatch(/It worked/i)
    await expect(approveButton()).rejects.toThrow('nothing can be approved')
  }, within)
  await click(discordIds.bob)

  expect([...target.effects.values()]).toEqual([1])
  expect(await channel.getThreads()).toHaveLength(1)
  expect(
    (await channel.getMessages()).filter((message) => (message.components ?? []).length > 0),
  ).toHaveLength(1)
  expect(JSON.stringify(peer.sent)).not.toMatch(/@everyone/)
  expect(peer.violations).toEqual([])

  expect(await suture.stop()).toBe(0)
  expect(suture.family()).toEqual([])
  expect(suture.stdout() + suture.stderr()).not.toContain(peer.token)
})
