import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createExecutors } from '../../adapters/actions/index.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { createLog } from '../../src/log.ts'
import { testTenant } from '../support/app.ts'
import { within } from '../support/patience.ts'
import { type CoreWorld, coreWorld, forgetConfiguration } from './core-world.ts'

/** Authority that was there a moment ago, and is no longer. */

const secretValue = 'canary-9c21/+="x'

let world: CoreWorld
let folder: string
let logFile: string
let root: Caller
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'suture-canary-'))
  logFile = join(folder, 'log')
  world = await coreWorld({
    settle: { leaseMs: 2_000 },
    overrides: {
      log: createLog('debug', logFile),
      executors: createExecutors({
        secrets: { read: async () => secretValue },
        allowedCommands: [],
        clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
      }),
    },
  })
  root = await world.caller('Root', ['admin'])
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

const perform = (runId: string) => performRun(world.app, testTenant, runId)
const setPerson = (
  id: string,
  values: { roles?: ['viewer']; kind?: 'service_account'; disabled_at?: Temporal.Instant },
) => world.read((tx) => tx.db.updateTable('person').set(values).where('id', '=', id).execute())
const approve = (caller: Caller, requestId: string) =>
  decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })

describe('an approval', () => {
  it.each([
    ['has left', () => ({ disabled_at: Temporal.Now.instant() })],
    ['has lost the role', () => ({ roles: ['viewer'] as ['viewer'] })],
  ])('G8 by somebody who %s since does not start a run', async (_, change) => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    const { runId, requestId } = await world.requested(incidentId, 'two-steps')
    const id = `Gone${runId.replace('run-', '')}`
    expect(await approve(await world.caller(id, ['approver']), requestId)).toMatchObject({
      status: 'approved',
    })
    await setPerson(`person_${id.toLowerCase()}`, change())
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(service.calls).toEqual([])
  })

  it('G8 of two that are needed counts only while both stand', async () => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    const { runId, requestId } = await world.requested(incidentId, 'grave')
    expect(await approve(await world.caller('First', ['approver']), requestId)).toMatchObject({
      status: 'pending',
    })
    await setPerson('person_first', { disabled_at: Temporal.Now.instant() })
    expect(await approve(await world.caller('Second', ['approver']), requestId)).toMatchObject({
      status: 'pending',
      approvals: 1,
    })
    expect(await approve(await world.caller('Third', ['approver']), requestId)).toMatchObject({
      status: 'approved',
    })
    await setPerson('person_second', { disabled_at: Temporal.Now.instant() })
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(service.calls).toEqual([])
  })

  it('G8 is refused to whoever asked, whatever key or session they come by, and to service accounts', async () => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const { requestId } = await world.requested(incidentId, 'two-steps')
    const ada = await world.caller('Ada', ['responder', 'approver', 'admin'])
    for (const via of ['key', 'console', 'slack', 'discord'] as const)
      expect(await approve({ ...ada, via }, requestId)).toMatchObject({ code: 'separation_of_duties' })
    const robot = await world.caller('Robot', ['approver', 'admin'])
    await setPerson(robot.person.id, { kind: 'service_account' })
    expect(await approve(robot, requestId)).toMatchObject({ code: 'separation_of_duties' })
  })
})

describe('what was approved', () => {
  it('G9 does not begin once the mode is observe, or the emergency stop is on', async () => {
    for (const [change, back] of [
      [{ mode: 'observe' }, { mode: 'propose' }],
      [{ emergencyStop: true }, { emergencyStop: false }],
    ] as const) {
      const { name, service } = world.take()
      const { runId } = await world.queued(name)
      await changeGovernance(world.app, root, change)
      await perform(runId)
      await changeGovernance(world.app, root, back)
      expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
      expect(service.calls).toEqual([])
    }
  })

  it('G9 is stopped in the middle of a step, though the stop came in the moment it began', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    const hanging = Promise.withResolvers<number>()
    service.beforeEffect = () => hanging.promise
    const running = perform(runId)
    await vi.waitFor(() => expect(service.calls).toHaveLength(1), within)
    // As if its row had not been running yet when the stop looked: nobody asked for this run by name.
    await world.read((tx) => tx.db.updateTable('governance').set({ emergency_stop: true }).execute())
    await running
    hanging.resolve(500)
    await world.read((tx) => tx.db.updateTable('governance').set({ emergency_stop: false }).execute())
    expect(await world.run(runId)).toMatchObject({ cause: 'canceled' })
    expect(service.calls).toHaveLength(1)
  })

  it('I6 ends blocked, not in a fault, when its service, target or playbook has left the files meanwhile', async () => {
    const without = [
      (name: string) => world.configure({}, (text) => text.replaceAll(name, `${name}-renamed`)),
      (name: string) =>
        world.configure({}, (text) => text.replace(`test/${name}\n`, `test/${name}-renamed\n`)),
      () =>
        world.configure({
          'two-steps':
            'name: other\nversion: 1\ntitle: Other\ndescription: x\nimpact: low\ndiagnoses: [service_down]\nsteps:\n  - { id: a, action: restart_service, timeout: 1s }\nverify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }\nprior: { worked: 1, failed: 1 }\n',
        }),
    ]
    for (const change of without) {
      const { name, service } = world.take()
      const { runId } = await world.queued(name)
      await change(name)
      await perform(runId)
      expect(await world.run(runId)).toMatchObject({ status: 'blocked' })
      expect(service.calls).toEqual([])
      await world.configure()
    }
  })

  it('I6 with no service in the catalogue at all, an alert still finds a person', async () => {
    const { name } = world.take()
    await world.read((tx) =>
      tx.db.updateTable('config_version').set({ active: false }).where('kind', '=', 'catalogue').execute(),
    )
    forgetConfiguration(world.app)
    const incidentId = await world.fire(name)
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    await world.configure()
  })
})

describe('a secret', () => {
  it('H5 is in no line of the log, however its call goes wrong', async () => {
    for (const way of ['echo', 'hang_up'] as const) {
      const { name, service } = world.take('secret')
      service.answer = (authorization) => ({ error: authorization, [authorization]: authorization })
      service.beforeEffect = async () => {
        if (way === 'hang_up') throw new Error('the connection ends')
        return 500
      }
      const { runId } = await world.queued(name)
      await perform(runId)
      expect(service.calls.length).toBeGreaterThan(0)
    }
    // A defect of an executor is logged whole: proof that this log is the one that is read here.
    const defect = async () => Promise.reject(new Error('a defect'))
    const executors = new Map(
      [...world.app.executors].map(([kind, executor]) => [kind, { ...executor, perform: defect }]),
    )
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await performRun({ ...world.app, executors }, testTenant, runId)
    await vi.waitFor(
      async () => expect(await readFile(logFile, 'utf8')).toContain('an executor threw'),
      within,
    )
    expect(await readFile(logFile, 'utf8')).not.toContain('canary-9c21')
  })
})

it('G8 a person who may not respond may not request either, though they name a proposal that is there', async () => {
  const { name } = world.take()
  const proposal = await world.proposalOf(await world.proposed(name), 'two-steps')
  for (const roles of [[], ['viewer']] as const)
    expect(await requestRun(world.app, await world.caller('Looker', roles), proposal)).toMatchObject({
      code: 'forbidden',
    })
})
