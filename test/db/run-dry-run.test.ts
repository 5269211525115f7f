import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { digestOf } from '../../src/app/digest.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { StoredProposal } from '../../src/domain/proposal.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('the dry run: what would be called, shown before and held to afterwards', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const proposalOf = async (incidentId: string, playbook: string) => {
    const id = await world.proposalOf(incidentId, playbook)
    return world.read((tx) =>
      tx.db.selectFrom('proposal').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    )
  }
  /** As if a setting had changed what an executor sends for this action, while the catalogue reads as before. */
  const calling = (action: string, otherwise: string): App => {
    const http = world.app.executors.get('http')
    if (http === undefined) throw new Error('no executor for http')
    return {
      ...world.app,
      executors: new Map(world.app.executors).set('http', {
        ...http,
        render: (request) => (request.action === action ? otherwise : http.render(request)),
      }),
    }
  }

  it('R8 a proposal holds every call and what undoes it, under its digest, with secrets as references', async () => {
    const { name } = world.take('secret')
    const proposal = await proposalOf(await world.proposed(name), 'two-steps')
    const url = `${world.estate.url}/${name}/act`
    expect(proposal.body.plan.map(({ id, calls }) => ({ id, calls }))).toEqual([
      {
        id: 'flag',
        calls: [
          {
            target: `test/${name}`,
            call: `POST ${url}/set_feature_flag {"flag":"pricing","enabled":false} (secret shop-token)`,
            undo: `POST ${url}/set_feature_flag {"flag":"pricing","enabled":true} (secret shop-token)`,
          },
        ],
      },
      {
        id: 'scale',
        calls: [
          {
            target: `test/${name}`,
            call: `POST ${url}/scale_instances {"delta":1} (secret shop-token)`,
            undo: `POST ${url}/scale_instances {"delta":-1} (secret shop-token)`,
          },
        ],
      },
    ])
    expect(proposal.digest).toBe(digestOf(proposal.body))
  })

  it('R8 the card shows the call of each step, and what cannot be undone', async () => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const { id } = await proposalOf(incidentId, 'restart')
    const { body } = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select('body')
        .where('id', '=', `${incidentId}/proposal/${id}`)
        .executeTakeFirstOrThrow(),
    )
    expect(JSON.stringify(body)).toContain(`POST ${world.estate.url}/${name}/act/restart_service`)
    expect(JSON.stringify(body)).toContain('Cannot be undone: ')
  })

  it('R8 a call that would be another than the approved one is not made: the run is blocked, naming step and target', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await performRun(calling('scale_instances', 'POST http://elsewhere/'), testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect((await world.run(runId)).reason).toContain(`calls on test/${name} is no longer what was approved`)
    expect((await world.run(runId)).reason).toContain('“Add 1 instance”')
    expect(service.calls).toEqual([])
  })

  it('R8 a call that undoes is held to the approval as well', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    const { executors } = world.app
    const http = executors.get('http')
    if (http === undefined) throw new Error('no executor for http')
    const app: App = {
      ...world.app,
      executors: new Map(executors).set('http', {
        ...http,
        render: (request) =>
          request.effectKey.endsWith('.rollback') ? 'POST http://elsewhere/' : http.render(request),
      }),
    }
    await performRun(app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect(service.calls).toEqual([])
  })

  it('R8 what is called as approved runs', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
    expect(service.calls).toHaveLength(2)
  })

  it('R8 a proposal of an older version, without calls, still runs by the digest of its targets', async () => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const { id, body } = await proposalOf(incidentId, 'two-steps')
    const old: StoredProposal = { ...body, plan: body.plan.map(withoutCalls) }
    await world.read((tx) =>
      tx.db
        .updateTable('proposal')
        .set({ body: JSON.stringify(old), digest: digestOf(old) })
        .where('id', '=', id)
        .execute(),
    )
    const { requestId, runId } = await world.requested(incidentId, 'two-steps')

    await decideApproval(world.app, await world.caller('Chloe', ['approver']), {
      requestId,
      decision: 'approve',
      reason: '',
    })
    await performRun(calling('scale_instances', 'POST http://elsewhere/'), testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
  })
})

const withoutCalls = (step: StoredProposal['plan'][number]): StoredProposal['plan'][number] => {
  const { calls: _calls, ...rest } = step
  return rest
}
