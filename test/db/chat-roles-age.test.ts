import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { rolesOfGroups } from '../../src/app/chat/who.ts'
import { refreshEveryMs, refreshRoles } from '../../src/app/identity/refresh-roles.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { takeOver } from '../../src/app/take-over.ts'
import type { Caller } from '../../src/domain/person.ts'
import { testTenant } from '../support/app.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
let maxAgeMs: number
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
  maxAgeMs = world.app.limits.groupRolesMaxAgeMs
})
afterAll(() => world.close())

const seenAtOf = (id: string) =>
  world.read(async (tx) => {
    const row = await tx.db
      .selectFrom('identity')
      .select('roles_seen_at')
      .where('person_id', '=', id)
      .executeTakeFirstOrThrow()
    return row.roles_seen_at?.epochMilliseconds ?? null
  })

/** One turn of the sweep; Slack says of each user what `groups` has, and can't tell of anybody else. */
const refresh = (groups: Readonly<Record<string, readonly string[]>>, meanwhile = async () => {}) =>
  refreshRoles(world.app, {
    tenantId: testTenant,
    provider: 'slack',
    workspaceId: 'T1',
    groupsOf: async () => {
      await meanwhile()
      return new Map(Object.entries(groups))
    },
    rolesOf: (ids) =>
      rolesOfGroups(
        { roleGroups: { slack: [{ role: 'approver', group: 'SAPP' }], discord: [] } },
        { chat: 'slack', groups: ids },
      ) ?? [],
  })

const run = (runId: string) => performRun(world.app, testTenant, runId)

describe('C6 G8 roles by groups have an age', () => {
  it('C6 when groups were read is noted although nothing changed, and not at each use', async () => {
    const { slack, id } = hands.somebody()
    await hands.type(slack, 'whoami')
    const first = await seenAtOf(id)
    expect(first).not.toBeNull()
    world.shift(30_000)
    await hands.type(slack, 'whoami')
    expect(await seenAtOf(id)).toBe(first)
    world.shift(60_000)
    await hands.type({ ...slack, groups: null }, 'whoami')
    expect(await seenAtOf(id)).toBe(first)
    await hands.type({ ...slack, groupsAgeMs: 10_000 }, 'whoami')
    const later = (await seenAtOf(id)) ?? 0
    expect(later - (first ?? 0)).toBeGreaterThanOrEqual(80_000)
    expect(await world.eventsOf(id)).toEqual(['person_created', 'identity_linked'])
  })

  it('C6 G8 at the maximum age a role that cannot be read anew approves no more, and says so', async () => {
    const { slack } = hands.somebody()
    await hands.type(slack, 'whoami')
    const { requestId } = await world.waiting()
    world.shift(maxAgeMs)
    const refusal = await hands.approve({ ...slack, groups: null }, requestId)
    expect(refusal).toMatch(/by groups of a chat that Suture last read \d+ min ago/)
    expect(refusal).toContain('counts for 10m')
    expect(refusal).toContain('npm start -- --check')
    expect(await world.votesOf(requestId)).toEqual([])
    expect(await world.eventsOf(requestId)).toContain('refused')
    expect(await hands.approve(slack, requestId)).toContain('It is queued')
  })

  it('C6 G8 a role that was taken away is gone by the next turn, though its account does nothing', async () => {
    const { slack, id } = hands.somebody()
    await hands.type(slack, 'whoami')
    const { requestId, runId } = await world.waiting()
    expect(await hands.approve(slack, requestId)).toContain('It is queued')
    await refresh({ [slack.userId]: ['SOTHER'] })
    expect((await hands.person(id))?.roles).toEqual([])
    await run(runId)
    const blocked = await world.run(runId)
    expect(blocked.status).toBe('blocked')
    expect(blocked.reason).toContain(`${slack.name} no longer has the role approver`)
    expect(blocked.reason).toContain(`In place of ${slack.name} somebody must approve`)
    expect(blocked.started_at).toBeNull()
    expect(await world.eventsOf(id)).toContain('person_changed')
  })

  it('C6 G8 a run does not begin on an approval whose role was not read for too long', async () => {
    const { slack } = hands.somebody()
    const { requestId, runId } = await world.waiting()
    expect(await hands.approve(slack, requestId)).toContain('It is queued')
    world.shift(maxAgeMs)
    await refresh({})
    await run(runId)
    const blocked = await world.run(runId)
    expect(blocked.status).toBe('blocked')
    expect(blocked.reason).toMatch(/last read \d+ min ago/)
    expect(blocked.reason).toContain('so may whose role Suture could not read, once it can')
    expect(blocked.started_at).toBeNull()
  })

  it('C6 G8 a run begins on an approval that is old, when the sweep has read its role since', async () => {
    const { slack, id } = hands.somebody()
    const { requestId, runId } = await world.waiting()
    expect(await hands.approve(slack, requestId)).toContain('It is queued')
    world.shift(maxAgeMs)
    expect((await refresh({ [slack.userId]: ['SAPP'] })).accounts).toBeGreaterThan(0)
    await run(runId)
    expect((await world.run(runId)).started_at).not.toBeNull()
    expect(await world.eventsOf(id)).not.toContain('person_changed')
  })

  it('C6 G8 two had to agree, and one of them has lost the role: the other alone starts nothing', async () => {
    const [one, other] = [hands.somebody(), hands.somebody()]
    const { requestId, runId } = await world.waiting('grave')
    await hands.approve(one.slack, requestId)
    expect(await hands.approve(other.slack, requestId)).toContain('It is queued')
    await refresh({ [one.slack.userId]: ['SAPP'], [other.slack.userId]: [] })
    await run(runId)
    const { status, reason } = await world.run(runId)
    expect(status).toBe('blocked')
    expect(reason).toContain('has 1 of the 2 approvals')
    expect(reason).toContain(`${other.slack.name} no longer has the role`)
    expect(reason).not.toContain(`${one.slack.name} `)
  })

  it('C6 an older reading gives nothing back that a newer one found gone', async () => {
    const { slack, id } = hands.somebody()
    await hands.type(slack, 'whoami')
    world.shift(120_000)
    await refresh({ [slack.userId]: [] })
    await hands.type({ ...slack, groupsAgeMs: 60_000 }, 'whoami')
    expect((await hands.person(id))?.roles).toEqual([])
    await hands.type({ ...slack, groupsAgeMs: 0 }, 'whoami')
    expect((await hands.person(id))?.roles).toEqual(['approver'])
    // And the sweep does not overwrite what came while it asked.
    const meanwhile = async () => {
      world.shift(1_000)
      await hands.type({ ...slack, groups: [] }, 'whoami')
    }
    await refresh({ [slack.userId]: ['SAPP'] }, meanwhile)
    expect((await hands.person(id))?.roles).toEqual([])
  })

  it('C6 groups that cannot be read change nothing, and are told in the log', async () => {
    const { slack, id } = hands.somebody()
    await hands.type(slack, 'whoami')
    const before = await seenAtOf(id)
    expect((await refresh({})).unread).toBeGreaterThan(0)
    expect((await hands.person(id))?.roles).toEqual(['approver'])
    expect(await seenAtOf(id)).toBe(before)
  })

  it('C6 the groups are read several times within the maximum age, and every three minutes at least', () => {
    expect(refreshEveryMs(600_000)).toBe(150_000)
    expect(refreshEveryMs(120_000)).toBe(30_000)
    expect(refreshEveryMs(86_400_000)).toBe(180_000)
  })
})

describe('C6 who acts is asked for anew', () => {
  const disable = (id: string) =>
    world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', id).execute(),
    )

  it('C6 H2 somebody disabled since they came neither takes over nor changes the mode', async () => {
    const zoe = await world.caller('Zoe', ['admin'])
    const incidentId = await world.proposed(world.take().name)
    await disable('person_zoe')
    expect(await takeOver(world.app, zoe, incidentId)).toMatchObject({ code: 'forbidden' })
    expect((await world.incident(incidentId)).status).toBe('proposed')
    expect(await changeGovernance(world.app, zoe, { mode: 'auto' })).toMatchObject({ code: 'forbidden' })
    expect(await world.eventsOf(incidentId)).toContain('refused')
  })

  it('C6 an admin by a group that was not read for too long stops everything, and changes nothing else', async () => {
    const { slack, id } = hands.somebody()
    await hands.type({ ...slack, groups: ['SADM'] }, 'whoami')
    const admin: Caller = {
      tenantId: testTenant,
      person: { id, name: slack.name, kind: 'human', roles: ['admin'] },
      via: 'slack',
      scopes: ['read', 'admin'],
    }
    world.shift(maxAgeMs)
    for (const change of [
      { mode: 'auto' },
      { mode: 'auto', emergencyStop: true },
      { emergencyStop: false },
    ] as const)
      expect(await changeGovernance(world.app, admin, change)).toMatchObject({
        code: 'forbidden',
        facts: { rule: 'group_roles_max_age' },
      })
    expect(await changeGovernance(world.app, admin, { emergencyStop: true })).toMatchObject({
      emergencyStop: true,
    })
    const dan = await world.caller('Dan', ['admin'])
    expect(await changeGovernance(world.app, dan, { emergencyStop: false })).toMatchObject({
      emergencyStop: false,
    })
  })
})
