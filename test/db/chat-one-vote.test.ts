import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { lockIncident } from '../../src/storage/incident.repository.ts'
import { testTenant } from '../support/app.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld, codeIn } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
})
afterAll(() => world.close())

describe('C6 G8 one human is one person', () => {
  it('C6 G8 approving on Slack, then on Discord as the same linked person, counts once', async () => {
    const { slack, discord, id } = hands.somebody()
    expect(await hands.link(slack, { ...discord, groups: [] })).toContain('Linked')
    const { requestId, runId } = await world.waiting('grave')
    expect(await hands.approve(slack, requestId)).toContain('1 so far')
    expect(await hands.approve(discord, requestId)).toContain('has already voted')
    expect(await world.votesOf(requestId)).toEqual([`${id} approve slack`])
    expect((await world.run(runId)).status).toBe('pending_approval')
  })

  it('C6 G8 approving on Discord first, then on Slack, counts once', async () => {
    const { slack, discord, id } = hands.somebody()
    await hands.link(slack, discord)
    const { requestId } = await world.waiting('grave')
    expect(await hands.approve(discord, requestId)).toContain('1 so far')
    expect(await hands.approve(slack, requestId)).toContain('has already voted')
    expect(await world.votesOf(requestId)).toEqual([`${id} approve discord`])
  })

  it.each(['slack first', 'discord first'])(
    'C6 G8 approving with one account, linking, then approving with the other counts once: %s',
    async (order) => {
      const { slack, discord } = hands.somebody()
      const [first, second] = order === 'slack first' ? [slack, discord] : [discord, slack]
      // Both are people of their own already.
      await hands.type(first, 'whoami')
      await hands.type(second, 'whoami')
      const { requestId } = await world.waiting('grave')
      expect(await hands.approve(first, requestId)).toContain('1 so far')
      expect(await hands.link(second, first)).toContain('Linked')
      expect(await hands.approve(second, requestId)).toContain('has already voted')
      expect(await world.votesOf(requestId)).toHaveLength(1)
    },
  )

  it('C6 G8 with votes of both on one request they are not linked until it is decided', async () => {
    const { slack, discord, id, discordId, accounts } = hands.somebody()
    const { requestId, runId } = await world.waiting('grave')
    await hands.approve(slack, requestId)
    const code = codeIn(await hands.type(slack, 'link'))
    // Another request, so that this one stays open: both have a vote that may still count.
    const second = await world.waiting('grave')
    await hands.approve(discord, second.requestId)
    const refusal = await hands.told(discord, `link ${code}`)
    expect(refusal).toContain(second.requestId)
    expect(refusal).toContain('must not count twice')
    expect(await hands.identitiesOf(id)).toEqual([accounts.slack])
    const chloe = await world.caller('Chloe', ['approver'])
    await decideApproval(world.app, chloe, { requestId: second.requestId, decision: 'reject', reason: 'no' })
    // The refusal did not use the code up.
    expect(await hands.told(discord, `link ${code}`)).toContain('Linked')
    expect((await hands.person(discordId))?.disabled_at).not.toBeNull()
    expect(await hands.approve(discord, requestId)).toContain('has already voted')
    expect((await world.run(runId)).status).toBe('pending_approval')
  })

  it('C6 G8 the requester from Slack cannot approve from Discord', async () => {
    const { slack, discord } = hands.somebody()
    const asker = { ...slack, groups: ['SRES', 'SAPP'] }
    await hands.link(asker, discord)
    const incidentId = await world.proposed(world.take().name)
    const proposalId = await world.proposalOf(incidentId, 'two-steps')
    expect(await hands.told(asker, `request ${proposalId}`)).toContain('somebody else has to approve')
    const requestId = await hands.pendingOf(incidentId)
    expect(await hands.approve(discord, requestId)).toContain('requested this and so cannot approve it')
    expect(await hands.told(discord, `approve ${proposalId}`)).toContain(
      'requested this and so cannot approve it',
    )
    expect(await hands.told(discord, `approve ${requestId}`)).toContain(
      'requested this and so cannot approve it',
    )
  })

  it('C6 G8 who has requested is not taken into somebody who could then approve it', async () => {
    const { slack, discord, id } = hands.somebody()
    await hands.type(slack, 'whoami')
    const incidentId = await world.proposed(world.take().name)
    const asker = { ...discord, groups: ['901'] }
    await hands.told(asker, `request ${await world.proposalOf(incidentId, 'two-steps')}`)
    expect(await hands.link(slack, asker)).toContain('Linked')
    // The one who asked stays; the other goes into them.
    expect((await hands.person(id))?.disabled_at).not.toBeNull()
    expect(await hands.approve(slack, await hands.pendingOf(incidentId))).toContain('cannot approve it')
  })

  it('C6 G8 however votes and a link fall together, nothing runs on the word of one human alone', async () => {
    const seen = new Set<string>()
    for (let round = 0; round < 8; round += 1) {
      const { slack, discord } = hands.somebody()
      await hands.type(slack, 'whoami')
      await hands.type(discord, 'whoami')
      const code = codeIn(await hands.type(slack, 'link'))
      const { name, service } = world.take()
      const { requestId, runId } = await world.requested(await world.proposed(name), 'grave')
      const [, answer] = await Promise.all([
        hands.approve(discord, requestId),
        hands.told(discord, `link ${code}`),
        hands.approve(slack, requestId),
      ])
      await hands.approve(slack, requestId)
      await hands.approve(discord, requestId)
      const voters = await Promise.all((await world.votesOf(requestId)).map((vote) => standing(vote)))
      if (!answer.includes('Linked')) {
        // Nobody can know that they are one.
        expect(voters).toEqual(['stays', 'stays'])
        seen.add('not linked')
        continue
      }
      // Whose votes had decided it before the link turn out to be one: the run is blocked when its turn comes.
      await performRun(world.app, testTenant, runId)
      expect(service.calls).toEqual([])
      expect(['pending_approval', 'blocked']).toContain((await world.run(runId)).status)
      expect(voters.filter((each) => each === 'stays')).toHaveLength(1)
      seen.add('linked')
    }
    expect(seen.size).toBeGreaterThan(0)
  })

  it('C6 G8 a vote in flight waits for the link, and is then refused', async () => {
    const { slack, discord } = hands.somebody()
    await hands.type(slack, 'whoami')
    await hands.type(discord, 'whoami')
    const code = codeIn(await hands.type(slack, 'link'))
    const { requestId, incidentId } = await world.waiting('grave')
    const held = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const holding = world.read(async (tx) => {
      await lockIncident(tx, incidentId)
      held.resolve()
      await release.promise
    })
    await held.promise
    const voting = hands.approve(discord, requestId)
    await expect.poll(hands.waitsForLock).toBe(true)
    expect(await hands.told(discord, `link ${code}`)).toContain('Linked')
    release.resolve()
    await holding
    expect(await voting).toContain('is disabled')
    expect(await world.votesOf(requestId)).toEqual([])
  })

  it('C6 G8 a link waits for a vote that was let in before it, and then sees it', async () => {
    const { slack, discord, discordId } = hands.somebody()
    await hands.type(slack, 'whoami')
    await hands.type(discord, 'whoami')
    const code = codeIn(await hands.type(slack, 'link'))
    const { requestId } = await world.waiting('grave')
    const reached = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const slow: App = {
      ...world.app,
      configuration: {
        of: async (tenantId) => {
          reached.resolve()
          await go.promise
          return world.app.configuration.of(tenantId)
        },
      },
    }
    const voting = decideApproval(
      slow,
      {
        tenantId: testTenant,
        person: { id: discordId, name: 'x', kind: 'human', roles: ['approver'] },
        via: 'discord',
        scopes: ['read', 'respond', 'approve'],
      },
      { requestId, decision: 'approve', reason: '' },
    )
    await reached.promise
    const linking = hands.told(discord, `link ${code}`)
    await expect.poll(hands.waitsForLock).toBe(true)
    go.resolve()
    expect(await voting).toMatchObject({ status: 'pending', approvals: 1 })
    expect(await linking).toContain('Linked')
    expect(await hands.approve(slack, requestId)).toContain('has already voted')
    expect(await world.votesOf(requestId)).toEqual([`${discordId} approve discord`])
  })

  it('C6 G8 an account that was taken off does not come back as somebody new', async () => {
    const { slack, discord, id, accounts } = hands.somebody()
    await hands.link(slack, discord)
    const { requestId } = await world.waiting('grave')
    await hands.approve(slack, requestId)
    expect(await hands.told(discord, 'unlink')).toContain(requestId)
    const chloe = await world.caller('Chloe', ['approver'])
    await decideApproval(world.app, chloe, { requestId, decision: 'reject', reason: 'no' })
    expect(await hands.told(discord, 'unlink')).toContain('no longer')
    expect(await hands.identitiesOf(id)).toEqual([`${accounts.discord} off`, accounts.slack])
    const next = await world.waiting('grave')
    expect(await hands.approve(slack, next.requestId)).toContain('1 so far')
    expect(await hands.approve(discord, next.requestId)).toContain('taken off its person')
    expect(await world.votesOf(next.requestId)).toHaveLength(1)
    expect(await hands.link(slack, discord)).toContain('Linked')
    expect(await hands.approve(discord, next.requestId)).toContain('has already voted')
    expect(await hands.told(slack, 'unlink')).toContain(next.requestId)
  })

  it('C6 the only account of somebody who came by chat is not taken off', async () => {
    const { slack } = hands.somebody()
    expect(await hands.told(slack, 'unlink')).toContain('your only account')
  })
})

describe('C6 G8 a request of somebody who is taken in meanwhile', () => {
  it('C6 G8 is refused once they are nobody any more', async () => {
    const { slack, discord, discordId } = hands.somebody()
    await hands.type(slack, 'whoami')
    const asker = { ...discord, groups: ['901'] }
    await hands.type(asker, 'whoami')
    const incidentId = await world.proposed(world.take().name)
    const caller = {
      tenantId: 'lab',
      person: { id: discordId, name: 'x', kind: 'human' as const, roles: ['responder' as const] },
      via: 'discord' as const,
      scopes: ['read' as const, 'respond' as const, 'approve' as const],
    }
    await hands.link(slack, asker)
    expect(
      await requestRun(world.app, caller, await world.proposalOf(incidentId, 'two-steps')),
    ).toMatchObject({
      code: 'forbidden',
    })
  })
})

const standing = async (vote: string): Promise<string> =>
  (await hands.person(vote.split(' ')[0] ?? ''))?.disabled_at === null ? 'stays' : 'gone'
