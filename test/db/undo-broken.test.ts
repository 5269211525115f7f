import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { type RunResolution, resolveRun } from '../../src/app/run/resolve-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

/** What somebody who wanted to break the undoing of unknown runs has tried. */
describe('undoing what nobody knows, under attack', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string) => performRun(world.app, testTenant, runId)
  const locksOf = async (runId: string) =>
    (
      await world.read((tx) =>
        tx.db.selectFrom('target_lock').select('target').where('run_id', '=', runId).execute(),
      )
    ).map(({ target }) => target)
  const unknown = async (at = 'acted:action:scale', kind: 'mute' | 'plain' = 'plain') => {
    const { name, service } = world.take(kind)
    const { runId, incidentId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, at), testTenant, runId)).rejects.toThrow(Died)
    world.shift(afterTheLeaseMs)
    service.tells = false
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    return { runId, incidentId, service, name }
  }
  const say = (caller: Caller, runId: string, resolution: RunResolution['resolution'] = 'undo') =>
    resolveRun(world.app, caller, { runId, resolution, note: 'nobody knows, put it back' })
  const abe = () => world.caller('Abe', ['approver'])
  const undo = async (runId: string) => {
    const answer = await say(await abe(), runId)
    if (!('undoneBy' in answer) || answer.undoneBy === null) throw new Error(JSON.stringify(answer))
    return answer.undoneBy
  }
  const refusalsOf = async (subject: string) =>
    world.read(async (tx) =>
      (await tx.db.selectFrom('audit_entry').select('bytes').where('subject', '=', subject).execute()).map(
        (row) => row.bytes.toString('utf8'),
      ),
    )

  it('R7 an undoing that is blocked leaves the targets locked, and the question with a person', async () => {
    const { runId, name, service } = await unknown()
    const undoing = await undo(runId)
    await world.configure({}, (text) =>
      text.replaceAll(`/${name}/act/scale_instances`, `/${name}/act/scale_otherwise`),
    )
    await perform(undoing)
    await world.configure()
    expect(await world.run(undoing)).toMatchObject({ status: 'blocked' })
    expect(service.calls).toHaveLength(2)
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ resolution: null })
    // One that never began has undone nothing: asked for again, another one does.
    const again = await undo(runId)
    await perform(again)
    expect(await world.run(again)).toMatchObject({ status: 'rolled_back', undo_of: runId })
    expect(await locksOf(again)).toEqual([])
  })

  it('R8 what would be undone otherwise than approved is refused at the press, and can be undone once it is as it was', async () => {
    const { runId, name } = await unknown()
    await world.configure({}, (text) =>
      text.replaceAll(`/${name}/act/scale_instances`, `/${name}/act/scale_otherwise`),
    )
    expect(await say(await abe(), runId)).toMatchObject({ code: 'invalid' })
    expect(await locksOf(runId)).toHaveLength(1)
    await world.configure()
    const undoing = await undo(runId)
    await perform(undoing)
    expect(await world.run(undoing)).toMatchObject({ status: 'rolled_back' })
  })

  it('R3 R7 a responder who cancels an undoing before it began does not free the targets of an unknown run', async () => {
    const { runId, incidentId, name } = await unknown()
    const undoing = await undo(runId)
    await world.resolve(name)
    await cancelRun(world.app, await world.caller('Rita', ['responder']), undoing)
    expect(await world.run(undoing)).toMatchObject({ status: 'canceled' })
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ resolution: null })
    expect((await world.incident(incidentId)).status).not.toBe('healing')
  })

  it('G3 G13 an undoing that ended in time is not said to have been ended by its deadline', async () => {
    const { name } = world.take('mute')
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'acted:action:scale'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    await endOverdueRuns(world.app, async () => 'gone')
    expect(await world.run(runId)).toMatchObject({ status: 'unknown', cause: 'timed_out' })
    const undoing = await undo(runId)
    await perform(undoing)
    expect(await world.run(undoing)).toMatchObject({ status: 'rolled_back' })
    expect((await refusalsOf(undoing)).filter((text) => text.includes('timeout_watchdog'))).toEqual([])
  })

  it('G8 H2 whoever was disabled or lost the role after coming in says nothing about a run and undoes nothing', async () => {
    const { runId } = await unknown()
    const gone = await world.caller('Gone', ['approver'])
    await world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', gone.person.id).execute(),
    )
    expect(await say(gone, runId)).toMatchObject({ code: 'forbidden' })
    const fallen = await world.caller('Fallen', ['approver'])
    await world.read((tx) =>
      tx.db
        .updateTable('person')
        .set({ roles: ['viewer'] })
        .where('id', '=', fallen.person.id)
        .execute(),
    )
    expect(await say(fallen, runId)).toMatchObject({ code: 'forbidden' })
    expect(await locksOf(runId)).toHaveLength(1)
  })

  it('G9 G13 no undoing begins while the emergency stop is on; what was seen can be said', async () => {
    const { runId } = await unknown()
    const admin = await world.caller('Root', ['admin'])
    await changeGovernance(world.app, admin, { emergencyStop: true })
    expect(await say(await abe(), runId)).toMatchObject({ code: 'emergency_stop' })
    expect(await locksOf(runId)).toHaveLength(1)
    await changeGovernance(world.app, admin, { emergencyStop: false })
    expect(await undo(runId)).toMatch(/^run-/)
  })

  it('G9 an undoing that waits for a worker does not begin once the emergency stop is on, and is asked for again', async () => {
    const { runId, service } = await unknown()
    const undoing = await undo(runId)
    const calls = service.calls.length
    const admin = await world.caller('Root', ['admin'])
    await changeGovernance(world.app, admin, { emergencyStop: true })
    await perform(undoing)
    await changeGovernance(world.app, admin, { emergencyStop: false })
    expect(await world.run(undoing)).toMatchObject({ status: 'blocked', cause: 'policy', started_at: null })
    expect(service.calls).toHaveLength(calls)
    expect(await locksOf(runId)).toHaveLength(1)
    expect((await world.eventsOf(undoing)).filter((event) => event === 'refused')).toHaveLength(1)
    const again = await undo(runId)
    await perform(again)
    expect(await world.run(again)).toMatchObject({ status: 'rolled_back' })
  })

  it('G9 the emergency stop lets an undoing go on that has begun', async () => {
    const { runId, service } = await unknown()
    const undoing = await undo(runId)
    const admin = await world.caller('Root', ['admin'])
    service.beforeEffect = async (_action, key) => {
      if (key.endsWith('scale.rollback')) await changeGovernance(world.app, admin, { emergencyStop: true })
      return 200
    }
    await perform(undoing)
    await changeGovernance(world.app, admin, { emergencyStop: false })
    expect(await world.run(undoing)).toMatchObject({ status: 'rolled_back' })
    expect(service.calls.at(-1)).toBe(`set_feature_flag ${undoing}.flag.rollback`)
  })

  it('R3 whoever was disabled after coming in cancels nothing', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    const gone = await world.caller('Gone2', ['responder'])
    await world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', gone.person.id).execute(),
    )
    expect(await cancelRun(world.app, gone, runId)).toMatchObject({ code: 'forbidden' })
    expect(await world.run(runId)).toMatchObject({ status: 'queued' })
  })

  it('R4 R7 an undoing that fails after its incident has resolved still calls for a person', async () => {
    const { runId, incidentId, service, name } = await unknown()
    const undoing = await undo(runId)
    await world.resolve(name)
    service.beforeEffect = async () => 409
    await perform(undoing)
    expect(await world.run(undoing)).toMatchObject({ status: 'rollback_failed' })
    const cards = await world.read((tx) =>
      tx.db.selectFrom('card').select(['id', 'body']).where('incident_id', '=', incidentId).execute(),
    )
    expect(cards.filter((card) => JSON.stringify(card).includes(undoing)).map((card) => card.id)).toEqual(
      expect.arrayContaining([expect.stringMatching(/rollback|escalated/)]),
    )
  })

  it('R4 an undoing that nobody can tell to have happened is not undone a second time blindly', async () => {
    const { name, service } = world.take('mute')
    service.heals = false
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'acted:rollback:scale'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    expect(await say(await abe(), runId)).toMatchObject({ code: 'invalid' })
    expect(service.calls.filter((call) => call.startsWith('scale_instances'))).toHaveLength(2)
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await say(await abe(), runId, 'happened')).toMatchObject({ runId })
    expect(await locksOf(runId)).toEqual([])
  })

  it('R7 of ten who press at once, in three ways, one is heard and the targets are held by at most one run', async () => {
    const { runId } = await unknown()
    const callers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => world.caller(`Voter${at}`, ['approver'])),
    )
    const ways = ['undo', 'happened', 'did_not_happen'] as const
    const answers = await Promise.all(callers.map((caller, at) => say(caller, runId, ways[at % 3] ?? 'undo')))
    expect(answers.filter((answer) => 'undoneBy' in answer)).toHaveLength(1)
    expect(await locksOf(runId)).toEqual([])
    const undoings = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('undo_of', '=', runId).execute(),
    )
    expect(undoings.length).toBeLessThanOrEqual(1)
    for (const { id } of undoings) await perform(id)
    const events = await world.eventsOf(runId)
    expect(events.filter((event) => event === 'run_resolution')).toHaveLength(1)
  })
})
