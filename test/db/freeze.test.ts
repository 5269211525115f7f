import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { liftFreeze } from '../../src/app/freeze/lift-freeze.ts'
import { type FreezeInput, type FreezeSet, setFreeze } from '../../src/app/freeze/set-freeze.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { listFreezes, readWindows } from '../../src/app/read/calendar.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isFrozenBy } from '../../src/domain/policy/earliest.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { freezesOf } from '../../src/storage/freeze.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('a freeze', () => {
  let world: CoreWorld
  let ada: Caller
  let chloe: Caller
  let olga: Caller
  beforeAll(async () => {
    world = await coreWorld()
    ada = await world.caller('Ada', ['responder', 'approver'])
    chloe = await world.caller('Chloe', ['approver'])
    olga = await world.caller('Olga', ['override'])
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    for (const { id, setBy } of await listFreezes(world.app, testTenant))
      if (setBy !== null) await liftFreeze(world.app, olga, id)
  })

  const set = async (given: Partial<FreezeInput> = {}, by = olga): Promise<FreezeSet> => {
    const answer = await setFreeze(world.app, by, { what: 'all', until: '2h', reason: 'the fair', ...given })
    if (isRejection(answer)) throw new Error(answer.detail)
    return answer
  }
  const waiting = async () => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { name, service, incidentId, ...(await world.requested(incidentId, 'two-steps')) }
  }
  const noticesOf = (incidentId: string) =>
    world.read(async (tx) =>
      (
        await tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('kind', '=', 'notice')
          .execute()
      ).map(({ body }) => `${body.title} ${JSON.stringify(body.blocks)}`),
    )
  const approve = (requestId: string) =>
    decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' })

  it('G2 stops a request, an approval and a queued run, with zero executor calls, and names who, why and until when', async () => {
    const { name: queuedName, service } = world.take()
    const queued = await world.queued(queuedName)
    const asked = await waiting()
    const { name } = world.take()
    const open = await world.proposed(name)
    const { id } = await set()
    expect(await requestRun(world.app, ada, await world.proposalOf(open, 'two-steps'))).toMatchObject({
      code: 'freeze',
      detail: expect.stringContaining(`the fair (${id}, set by Olga)`) as string,
      earliest: expect.stringMatching(/^\d{4}-/) as string,
    })
    expect(await approve(asked.requestId)).toMatchObject({ code: 'freeze' })
    await performRun(world.app, testTenant, queued.runId)
    expect(await world.run(queued.runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(await world.eventsOf(queued.runId)).toContain('run_blocked')
    expect(service.calls).toEqual([])
  })

  it('G2 is over by itself at its end, and what waits may be approved then', async () => {
    const { requestId } = await waiting()
    await set({ until: '10m' })
    expect(await approve(requestId)).toMatchObject({ code: 'freeze' })
    world.shift(10 * 60_000 + 1)
    expect(await approve(requestId)).toMatchObject({ status: 'approved' })
  })

  it('G2 is about what it names: a service, its alias, a playbook, an owner, or everything', async () => {
    const { name, requestId } = await waiting()
    const { name: other } = world.take()
    const cases: [string, string, boolean][] = [
      [other, other, false],
      [name, name, true],
      [`${name}-api`, name, true],
      ['two-steps', 'playbook two-steps', true],
      ['restart', 'playbook restart', false],
      ['unowned', 'services of unowned', true],
      ['prod', 'everything', true],
      ['', 'everything', true],
    ]
    for (const [typed, what, stops] of cases) {
      const frozen = await set({ what: typed })
      expect(frozen.what).toBe(what)
      const facts = await world.read((tx) =>
        freezesOf(tx, { service: name, owner: 'unowned', playbook: 'two-steps' }),
      )
      expect(
        facts.map(({ id }) => id),
        typed,
      ).toEqual(stops ? [frozen.id] : [])
      await liftFreeze(world.app, olga, frozen.id)
    }
    expect(await approve(requestId)).toMatchObject({ status: 'approved' })
  })

  it('G2 is told in the threads of the open incidents that it touches, and so is its end', async () => {
    const { name } = world.take()
    const { name: aside } = world.take()
    const incidentId = await world.fire(name)
    const elsewhere = await world.fire(aside)
    const { id, told } = await set({ what: name, until: 'tomorrow 09:00' })
    expect(told).toBe(1)
    expect((await noticesOf(incidentId)).join()).toMatch(
      new RegExp(`Olga has frozen ${name} until .*the fair.*/heal unfreeze ${id}`),
    )
    await liftFreeze(world.app, olga, id)
    expect((await noticesOf(incidentId)).join()).toContain(`Olga has lifted ${id}`)
    expect(await noticesOf(elsewhere)).toEqual([])
    expect(await world.eventsOf(id)).toEqual(['freeze_set', 'freeze_lifted'])
  })

  it('G2 that is lifted early lets Suture look again at once at what it put off', async () => {
    const { name } = world.take()
    const { id } = await set({ what: name })
    const incidentId = await world.proposed(name)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect((await world.incident(incidentId)).look_again_at).not.toBeNull()
    await liftFreeze(world.app, olga, id)
    expect(world.rings.at(-1)).toMatchObject({ kind: 'heal', key: incidentId })
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed' })
  })

  it('G2 is set and lifted by the roles override and admin alone, and once', async () => {
    const { id } = await set({}, await world.caller('Root', ['admin']))
    for (const nobody of [ada, chloe]) {
      expect(await setFreeze(world.app, nobody, { what: '', until: '2h', reason: '' })).toMatchObject({
        code: 'forbidden',
      })
      expect(await liftFreeze(world.app, nobody, id)).toMatchObject({ code: 'forbidden' })
    }
    const lifted = await Promise.all([liftFreeze(world.app, olga, id), liftFreeze(world.app, olga, id)])
    expect(lifted.filter((answer) => !isRejection(answer))).toHaveLength(1)
    expect(lifted.find((answer) => isRejection(answer))).toMatchObject({ code: 'already_decided' })
    expect(await liftFreeze(world.app, olga, 'frz-99999')).toMatchObject({ code: 'not_found' })
  })

  it('G2 what cannot be is refused by name: an unknown word with the nearest, a time that is over or far away', async () => {
    const { name } = world.take()
    const refusal = (given: Partial<FreezeInput>) =>
      setFreeze(world.app, olga, { what: 'all', until: '2h', reason: '', ...given })
    expect(await refusal({ what: `${name}x` })).toMatchObject({
      code: 'invalid',
      detail: expect.stringContaining('Did you mean plain-') as string,
    })
    expect(await refusal({ what: '__proto__' })).toMatchObject({
      code: 'invalid',
      facts: { field: 'what', nearest: null },
    })
    for (const until of ['soon', '2020-01-01', '2099-01-01', '0m', '', 'NaN', '\ud800'])
      expect(await refusal({ until }), until).toMatchObject({ code: 'invalid', facts: { field: 'until' } })
  })

  it('G2 of another tenant neither holds here nor can be lifted from here', async () => {
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await bootstrapTenant(world.app, 'other', { lab: true })
    const stranger = await world.caller('Mallory', ['override', 'admin'], 'other')
    const theirs = await set({}, stranger)
    const { requestId } = await waiting()
    expect(await liftFreeze(world.app, olga, theirs.id)).toMatchObject({ code: 'not_found' })
    expect(await listFreezes(world.app, testTenant)).toEqual([])
    expect(await approve(requestId)).toMatchObject({ status: 'approved' })
  })

  it('G2 against an approval: whichever is first, nothing runs afterwards', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { requestId, runId, service, name } = await waiting()
      const [decided, frozen] = await Promise.all([approve(requestId), set({ what: name })])
      await performRun(world.app, testTenant, runId)
      const { status } = await world.run(runId)
      if (isRejection(decided)) {
        expect(decided.code).toBe('freeze')
        expect(status).toBe('pending_approval')
      } else expect(status).toBe('blocked')
      expect(service.calls).toEqual([])
      await liftFreeze(world.app, olga, frozen.id)
    }
  })

  it('G2 against a worker that starts the run: it is blocked without a call, or runs to its end', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { name, service } = world.take()
      const { runId } = await world.queued(name)
      const [frozen] = await Promise.all([set({ what: name }), performRun(world.app, testTenant, runId)])
      const { status } = await world.run(runId)
      expect(['blocked', 'succeeded']).toContain(status)
      expect(service.calls).toHaveLength(status === 'blocked' ? 0 : 2)
      await liftFreeze(world.app, olga, frozen.id)
    }
  })

  it('G2 that was set while somebody waited for a lock holds for them, although their clock is older', async () => {
    const { name } = world.take()
    await world.read(async (tx) => {
      const { id } = await set({ what: name })
      const [found] = await freezesOf(tx, { service: name, owner: null, playbook: 'two-steps' })
      if (found === undefined) throw new Error(`${id} is not seen`)
      expect(isFrozenBy(found, tx.now)).toBe(true)
    })
  })

  it('G2 of the policy file is in force, listed, and ended by its file alone', async () => {
    const { name, requestId } = await waiting()
    const date = (ms: number) =>
      Temporal.Now.instant()
        .add({ milliseconds: ms })
        .toZonedDateTimeISO('UTC')
        .toPlainDateTime()
        .toString({ smallestUnit: 'minute' })
    const day = 86_400_000
    await world.configure(
      {},
      undefined,
      undefined,
      `windows: []
freezes:
  - { id: year-end, match: { services: [${name}] }, from: '${date(-day)}', to: '${date(2 * day)}', reason: the books are closed }
`,
    )
    expect(await approve(requestId)).toMatchObject({
      code: 'freeze',
      detail: expect.stringContaining('the books are closed (year-end, set by the policy)') as string,
    })
    expect(await listFreezes(world.app, testTenant)).toMatchObject([
      { id: 'year-end', what: `services ${name}`, setBy: null },
    ])
    expect(await liftFreeze(world.app, olga, 'year-end')).toMatchObject({ code: 'not_found' })
    expect(await readWindows(world.app, testTenant, { service: name, limit: 1 })).toMatchObject({
      items: [{ service: name, open: true, frozenUntil: expect.any(String) as string }],
      next: null,
    })
    await world.configure()
    expect(await approve(requestId)).toMatchObject({ status: 'approved' })
  })
})
