import { sql } from 'kysely'
import type { LearningOutcome } from '../domain/learning.ts'
import type { Tx } from '../storage/database.ts'
import type { App } from './app.ts'

/** One learning row and its rollup, so that figures stay cheap however long the history. A run is learned from once. */
export const recordOutcome = async (app: App, tx: Tx, outcome: LearningOutcome): Promise<void> => {
  const inserted = await tx.db
    .insertInto('learning_outcome')
    .values({
      tenant_id: tx.tenantId,
      id: app.ids.uuid(),
      incident_id: outcome.incidentId,
      run_id: outcome.runId,
      service: outcome.service,
      playbook: outcome.playbook,
      diagnosis_code: outcome.diagnosisCode,
      status: outcome.status,
      recovery: outcome.recovery,
      duration_ms: outcome.durationMs,
      at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return
  await sql`insert into learning_rollup (tenant_id, service, playbook, diagnosis_code, day, status, recovery, outcomes, total_ms)
    values (${tx.tenantId}, ${outcome.service}, ${outcome.playbook ?? ''}, ${outcome.diagnosisCode ?? ''}, (${tx.now}::timestamptz at time zone 'UTC')::date,
      ${outcome.status}, ${outcome.recovery}, 1, ${outcome.durationMs})
    on conflict (tenant_id, service, playbook, diagnosis_code, day, status, recovery)
    do update set outcomes = learning_rollup.outcomes + 1, total_ms = learning_rollup.total_ms + excluded.total_ms`.execute(tx.db)
}
