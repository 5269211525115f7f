import { afterAll, beforeAll, expect, it } from 'vitest'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { readGovernance } from '../../src/app/read/governance.ts'
import type { Caller } from '../../src/domain/person.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

let t: TestApp
let dan: Caller
beforeAll(async () => {
  t = await testApp()
  dan = await t.caller('Dan', ['admin'])
})
afterAll(() => t.close())

const eventsOf = (subject: string) =>
  inTenant(t.app.store, testTenant, async (tx) =>
    (
      await tx.db
        .selectFrom('audit_entry')
        .select('event')
        .where('subject', '=', subject)
        .orderBy('seq')
        .execute()
    ).map((row) => row.event),
  )

it('G9 only an admin sets the mode, every change is in the history, and none leaves no trace', async () => {
  const ada = await t.caller('Ada', ['responder', 'approver'])
  expect(await changeGovernance(t.app, ada, { mode: 'auto' })).toMatchObject({ code: 'forbidden' })
  expect(await changeGovernance(t.app, dan, { mode: 'approve' })).toMatchObject({
    mode: 'approve',
    emergencyStop: false,
  })
  await changeGovernance(t.app, dan, { mode: 'approve' })
  await changeGovernance(t.app, dan, {})
  expect(await readGovernance(t.app, testTenant)).toMatchObject({ mode: 'approve' })
  await changeGovernance(t.app, dan, { mode: 'propose' })
  expect(await eventsOf(testTenant)).toEqual(['refused', 'governance_changed', 'governance_changed'])
})

it('G9 the emergency stop stops running runs in its own commit, and refuses new ones', async () => {
  const [incident = ''] = (
    await createIngestWriter(t.app).ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: [anAlert()],
      keptAside: [],
    })
  ).incidents
  await healIncident(t.app, testTenant, incident)
  const proposal = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('proposal').select('id').orderBy('rank').limit(1).executeTakeFirstOrThrow(),
  )
  const ben = await t.caller('Ben', ['responder'])
  const requested = await requestRun(t.app, ben, proposal.id)
  const runId = 'runId' in requested ? requested.runId : ''
  await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.updateTable('run').set({ status: 'running', started_at: tx.now }).where('id', '=', runId).execute(),
  )

  await changeGovernance(t.app, dan, { emergencyStop: true })
  const run = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('run').select('cancel_requested_by').where('id', '=', runId).executeTakeFirstOrThrow(),
  )
  expect(run.cancel_requested_by).toBe('person_dan')
  expect(await eventsOf(runId)).toContain('run_cancel_requested')
  await inTenant(t.app.store, testTenant, (tx) =>
    tx.db
      .updateTable('run')
      .set({ status: 'canceled', finished_at: tx.now })
      .where('id', '=', runId)
      .execute(),
  )
  expect(await requestRun(t.app, ben, proposal.id)).toMatchObject({ code: 'emergency_stop' })
})
