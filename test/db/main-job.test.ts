import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { click } from '../../src/app/click.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Card } from '../../src/domain/card.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { startTarget, type TestTarget } from '../support/target.ts'

describe('the way of one alert', () => {
  let world: TestApp
  let target: TestTarget

  beforeEach(async () => {
    target = await startTarget()
    world = await testApp({ targetUrl: target.url })
  })
  afterEach(async () => {
    await world.close()
    await target.close()
  })

  const cards = () =>
    inTenant(world.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('card')
        .select(['id', 'kind', 'body', 'version'])
        .orderBy('created_at')
        .orderBy('id')
        .execute(),
    )
  const buttons = (card: Card) =>
    card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
  const press = async (
    name: string,
    roles: readonly ('responder' | 'approver' | 'admin')[],
    label: string,
    note = '',
  ) => {
    const all = (await cards()).flatMap((card) => buttons(card.body))
    const button = all.find((each) => each.label === label)
    if (button === undefined)
      throw new Error(`no button ${label}; there are ${all.map((each) => each.label).join(', ') || 'none'}`)
    return click(world.app, await world.caller(name, roles), button.token, note)
  }
  const fire = (status: 'firing' | 'resolved' = 'firing') =>
    createIngestWriter(world.app).ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: [anAlert({ status })],
      keptAside: [],
    })
  const row = async () => {
    const all = await inTenant(world.app.store, testTenant, async (tx) => ({
      incident: await tx.db.selectFrom('incident').selectAll().executeTakeFirstOrThrow(),
      runs: await tx.db.selectFrom('run').selectAll().orderBy('created_at').execute(),
      locks: await tx.db.selectFrom('target_lock').selectAll().execute(),
      outcomes: await tx.db.selectFrom('learning_outcome').selectAll().execute(),
      outbox: await tx.db.selectFrom('outbox').selectAll().execute(),
      events: (await tx.db.selectFrom('audit_entry').select('event').orderBy('seq').execute()).map(
        (each) => each.event,
      ),
    }))
    return all
  }

  it('G8 R2 an alert is healed: one requests, another approves, it restarts once and is seen healthy', async () => {
    const [incidentId] = (await fire()).incidents
    expect(world.rings).toEqual([{ tenantId: testTenant, kind: 'heal', key: incidentId }])
    await healIncident(world.app, testTenant, incidentId ?? '')
    expect((await row()).incident.status).toBe('proposed')

    expect(await press('Ada', ['responder', 'approver'], 'Request')).toMatchObject({ done: true })
    expect(await press('Ada', ['responder', 'approver'], 'Approve')).toMatchObject({
      done: false,
      code: 'separation_of_duties',
    })
    expect(await press('Ben', ['responder'], 'Approve')).toMatchObject({ done: false, code: 'forbidden' })
    expect(await press('Chloe', ['approver'], 'Approve')).toMatchObject({ done: true, title: 'Approved' })

    const { runs } = await row()
    await performRun(world.app, testTenant, runs[0]?.id ?? '')
    const after = await row()
    expect(after.runs[0]).toMatchObject({ status: 'succeeded', cause: null })
    expect([...target.effects.values()]).toEqual([1])
    expect(after.locks).toEqual([])
    expect(after.outcomes).toMatchObject([
      { status: 'succeeded', recovery: 'recovered', playbook: 'restart-service' },
    ])
    expect(after.incident.status).toBe('healing')
    await fire('resolved')
    const ended = await row()
    expect(ended.incident.status).toBe('resolved')
    expect(ended.outbox).toEqual([])
    expect(ended.events).toEqual(
      expect.arrayContaining([
        'alerts_received',
        'incident_opened',
        'diagnosis_made',
        'proposal_made',
        'approval_requested',
        'refused',
        'approval_vote',
        'approval_granted',
        'permit_issued',
        'run_queued',
        'run_started',
        'step_intended',
        'step_finished',
        'run_verifying',
        'run_finished',
        'outcome_recorded',
        'incident_resolved',
      ]),
    )
  })
})
