import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** Three stages: a flag; an instance and another flag; a restart, for which two people are asked, one who may override. */
export const staged = `name: staged
version: 1
title: Staged change
description: Turns a flag off, adds an instance and restarts, and asks between them.
impact: medium
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
parameters:
  delta: { title: Instances to add, type: integer, min: 1, max: 2, default: 1 }
steps:
  - id: flag
    action: set_feature_flag
    with: { flag: pricing, enabled: false }
    timeout: 1s
    rollback: { action: set_feature_flag, with: { flag: pricing, enabled: true }, timeout: 1s }
  - id: scale
    gate: { title: Did the flag do well? }
    action: scale_instances
    with: { delta: '\${{ parameters.delta }}' }
    timeout: 1s
    rollback: { action: scale_instances, with: { delta: -1 }, timeout: 1s }
  - id: search
    action: set_feature_flag
    with: { flag: search, enabled: false }
    timeout: 1s
    rollback: { action: set_feature_flag, with: { flag: search, enabled: true }, timeout: 1s }
  - id: restart
    gate: { title: Is the canary well?, roles: [override], quorum: 2 }
    action: restart_service
    timeout: 1s
verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }
prior: { worked: 18, failed: 1 }
`

/** A world with that playbook; Ada requests, the others may approve. */
export const gateWorld = async () => {
  const world: CoreWorld = await coreWorld()
  await world.configure({ staged })
  const ada = await world.caller('Ada', ['responder', 'approver'])
  const chloe = await world.caller('Chloe', ['approver'])
  const dora = await world.caller('Dora', ['approver'])
  const olga = await world.caller('Olga', ['override'])

  const perform = (runId: string, app = world.app) => performRun(app, testTenant, runId)
  const requestOf = (runId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('approval_request').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow(),
    )
  const say = async (
    caller: Caller,
    runId: string,
    decision: 'approve' | 'reject' = 'approve',
    reason = '',
  ) => decideApproval(world.app, caller, { requestId: (await requestOf(runId)).id, decision, reason })
  const runsOf = (incidentId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('run')
        .selectAll()
        .where('incident_id', '=', incidentId)
        .orderBy('created_at')
        .orderBy('stage')
        .execute(),
    )
  const after = async (runId: string) => {
    const next = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('follows', '=', runId).execute(),
    )
    const [only] = next
    if (only === undefined || next.length > 1) throw new Error(`${next.length} runs follow ${runId}`)
    return only.id
  }
  const learnedIn = (incidentId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('learning_outcome')
        .select(['run_id', 'status', 'recovery'])
        .where('incident_id', '=', incidentId)
        .execute(),
    )
  const cardOf = async (incidentId: string, key: string) => {
    const { body } = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select('body')
        .where('id', '=', `${incidentId}/${key}`)
        .executeTakeFirstOrThrow(),
    )
    return {
      text: plainText(body),
      status: body.status,
      buttons: body.blocks.flatMap((block) =>
        block.kind === 'actions' ? block.actions.map((action) => action.label) : [],
      ),
    }
  }
  const noticesOf = async (incidentId: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('kind', '=', 'notice')
          .execute(),
      )
    )
      .map(({ body }) => plainText(body))
      .join('\n')
  /** Requested by Ada, approved by Chloe, and carried out up to the first gate. */
  const atFirstGate = async () => {
    const { name, service } = world.take()
    const { incidentId, runId } = await world.queued(name, 'staged')
    await perform(runId)
    return { name, service, incidentId, first: runId, second: await after(runId) }
  }
  const atSecondGate = async () => {
    const at = await atFirstGate()
    await say(chloe, at.second)
    await perform(at.second)
    return { ...at, third: await after(at.second) }
  }
  return {
    ...world,
    ada,
    chloe,
    dora,
    olga,
    perform,
    requestOf,
    say,
    runsOf,
    after,
    learnedIn,
    cardOf,
    noticesOf,
    atFirstGate,
    atSecondGate,
  }
}

export type GateWorld = Awaited<ReturnType<typeof gateWorld>>
