import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutors } from '../../adapters/actions/index.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { canonicalText } from '../../src/app/digest.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { takeOver } from '../../src/app/take-over.ts'
import { policyReasonCodes } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const secretValue = 'sesame-open-4711/+='

describe('the audit trail', () => {
  let world: CoreWorld
  beforeAll(async () => {
    const clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
    world = await coreWorld({
      overrides: {
        executors: createExecutors({
          secrets: { read: async () => secretValue },
          allowedCommands: [],
          clock,
        }),
      },
    })
  })
  afterAll(() => world.close())

  interface Entry {
    readonly v: number
    readonly id: string
    readonly tenant: string
    readonly at: string
    readonly event: string
    readonly actor: string
    readonly subject: string
    readonly details: Record<string, unknown>
  }
  const rows = () => world.read((tx) => tx.db.selectFrom('audit_entry').selectAll().orderBy('seq').execute())
  const entryOf = (bytes: Buffer): Entry => JSON.parse(bytes.toString('utf8')) as Entry
  const refusalsSince = async (seq: number) =>
    (await rows()).filter((row) => row.seq > seq && row.event === 'refused').map((row) => entryOf(row.bytes))
  const lastSeq = async () => (await rows()).at(-1)?.seq ?? 0

  it('A1 every entry of a whole healing is canonical, hashed as a leaf, and waits to be sealed', async () => {
    const { name } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await performRun(world.app, testTenant, runId)
    await world.resolve(name)
    const all = await rows()
    const unsealed = new Set(
      (await world.read((tx) => tx.db.selectFrom('audit_unsealed').select('seq').execute())).map(
        (row) => row.seq,
      ),
    )
    expect(all.length).toBeGreaterThan(20)
    for (const row of all) {
      const entry = entryOf(row.bytes)
      expect(row.bytes.toString('utf8')).toBe(canonicalText(entry))
      expect(row.leaf_hash).toEqual(hash('sha256', Buffer.concat([Buffer.from([0]), row.bytes]), 'buffer'))
      // What is indexed beside the bytes says the same as the bytes.
      expect(entry).toMatchObject({
        v: 1,
        id: row.id,
        tenant: row.tenant_id,
        at: row.at.toString(),
        event: row.event,
        actor: row.actor,
        subject: row.subject,
      })
      expect(unsealed.has(row.seq)).toBe(true)
    }
    expect(new Set(all.map((row) => row.id)).size).toBe(all.length)
    const story = all.filter((row) => row.incident_id === incidentId).map((row) => row.event)
    for (const [before, after] of [
      ['incident_opened', 'diagnosis_made'],
      ['diagnosis_made', 'proposal_made'],
      ['proposal_made', 'approval_requested'],
      ['approval_requested', 'approval_vote'],
      ['approval_vote', 'approval_granted'],
      ['approval_granted', 'permit_issued'],
      ['permit_issued', 'run_started'],
      ['run_started', 'step_intended'],
      ['step_intended', 'step_finished'],
      ['step_finished', 'run_verifying'],
      ['run_verifying', 'run_finished'],
      ['run_finished', 'incident_resolved'],
    ] as const) {
      expect(story.filter((event) => event === before).length, before).toBeGreaterThan(0)
      expect(story.indexOf(before), `${before} before ${after}`).toBeLessThan(story.indexOf(after))
    }
    expect(story.filter((event) => event === 'step_intended')).toHaveLength(2)
    expect(story.filter((event) => event === 'step_finished')).toHaveLength(2)
  })

  it('G13 each refusal is one entry with its reason code, who asked, for what, and the facts it rested on', async () => {
    const ada = await world.caller('Ada', ['responder', 'approver'])
    const chloe = await world.caller('Chloe', ['approver'])
    const vera = await world.caller('Vera', ['viewer'])
    const root = await world.caller('Root', ['admin'])
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const proposalId = await world.proposalOf(incidentId, 'two-steps')
    const { runId, requestId } = await world.requested(incidentId, 'two-steps')
    const decide = (caller: typeof ada, decision: 'approve' | 'reject' = 'approve') =>
      decideApproval(world.app, caller, { requestId, decision, reason: 'no' })

    const asked: [string, string, string, () => Promise<unknown>][] = [
      ['separation_of_duties', ada.person.id, 'approve', () => decide(ada)],
      ['forbidden', vera.person.id, 'approve', () => decide(vera)],
      ['duplicate_request', ada.person.id, 'request', () => requestRun(world.app, ada, proposalId)],
      ['forbidden', vera.person.id, 'request', () => requestRun(world.app, vera, proposalId)],
      ['forbidden', vera.person.id, 'cancel', () => cancelRun(world.app, vera, runId)],
      ['conflict', ada.person.id, 'escalate', () => takeOver(world.app, ada, incidentId)],
      [
        'forbidden',
        vera.person.id,
        'change_governance',
        () => changeGovernance(world.app, vera, { mode: 'auto' }),
      ],
    ]
    for (const [code, actor, command, ask] of asked) {
      const before = await lastSeq()
      expect(await ask()).toMatchObject({ code })
      expect(await refusalsSince(before)).toMatchObject([{ actor, details: { reason_code: code, command } }])
    }
    const duplicate = (await refusalsSince(0)).find(
      (each) => each.details['reason_code'] === 'duplicate_request',
    )
    expect(duplicate?.details['facts']).toEqual({ first: runId })

    await changeGovernance(world.app, root, { emergencyStop: true })
    const stopped = await lastSeq()
    expect(await decide(chloe)).toMatchObject({ code: 'emergency_stop' })
    expect(await refusalsSince(stopped)).toMatchObject([
      { actor: chloe.person.id, details: { reason_code: 'emergency_stop', facts: { emergencyStop: true } } },
    ])
    await changeGovernance(world.app, root, { emergencyStop: false })
    await changeGovernance(world.app, root, { mode: 'observe' })
    const observed = await lastSeq()
    expect(await decide(chloe)).toMatchObject({ code: 'mode' })
    expect(await refusalsSince(observed)).toMatchObject([
      { details: { reason_code: 'mode', facts: { mode: 'observe' } } },
    ])
    await changeGovernance(world.app, root, { mode: 'propose' })

    expect(await decide(chloe)).toMatchObject({ status: 'approved' })
    await world.resolve(name)
    const resolved = await lastSeq()
    await performRun(world.app, testTenant, runId)
    expect(await refusalsSince(resolved)).toMatchObject([
      { subject: runId, details: { reason_code: 'precondition', facts: { moment: 'run' } } },
    ])
    for (const each of await refusalsSince(0))
      if ((policyReasonCodes as readonly unknown[]).includes(each.details['reason_code']))
        expect(each.details['policy_checked']).toBe(true)
  })

  it('A1 no secret value is in any row, although the target echoes it in every answer', async () => {
    for (const status of [200, 500]) {
      const { name, service } = world.take('secret')
      service.answer = (authorization) => ({
        echoed: authorization,
        again: secretValue,
        twice: `x${secretValue}x`,
      })
      service.beforeEffect = async () => status
      const { runId } = await world.queued(name)
      await performRun(world.app, testTenant, runId)
      expect(service.calls.length).toBeGreaterThan(0)
    }
    const tables = await world.read(async (tx) => ({
      audit: (await tx.db.selectFrom('audit_entry').select('bytes').execute()).map((row) =>
        row.bytes.toString(),
      ),
      cards: (await tx.db.selectFrom('card').selectAll().execute()).map((row) => JSON.stringify(row.body)),
      logs: (await tx.db.selectFrom('run_log').selectAll().execute()).map((row) => row.body),
      steps: (await tx.db.selectFrom('step_execution').selectAll().execute()).map(
        (row) => `${row.summary} ${row.output_tail}`,
      ),
      runs: (await tx.db.selectFrom('run').selectAll().execute()).map((row) => row.reason),
    }))
    const forms = [
      secretValue,
      JSON.stringify(secretValue).slice(1, -1),
      encodeURIComponent(secretValue),
      Buffer.from(secretValue).toString('base64'),
    ]
    for (const [table, texts] of Object.entries(tables)) {
      expect(texts.length, table).toBeGreaterThan(0)
      for (const form of forms)
        expect(
          texts.filter((text) => text.includes(form)),
          table,
        ).toEqual([])
    }
    // It was really sent, really echoed, and its name stands where its value was.
    expect(tables.logs.some((text) => text.includes('[secret shop-token]'))).toBe(true)
  })
})
