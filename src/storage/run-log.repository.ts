import { sql } from 'kysely'
import { gathering } from './gathering.ts'

/** A piece of what a step has said. */
export interface LogLine {
  readonly stream: string
  readonly body: string
}

export const appendLog = gathering<
  { readonly runId: string; readonly stepId: string; readonly lines: readonly LogLine[] },
  void
>(async (tx, all) => {
  const lines = all.flatMap(({ runId, stepId, lines: some }) =>
    some.map(({ stream, body }) => ({ runId, stepId, stream, body })),
  )
  const of = (value: (line: (typeof lines)[number]) => string) => sql`${lines.map(value)}::text[]`
  await sql`insert into run_log (tenant_id, run_id, step_id, stream, body, at)
    select ${tx.tenantId}, run_id, step_id, stream, body, ${tx.now}::timestamptz
    from unnest(${of((line) => line.runId)}, ${of((line) => line.stepId)}, ${of((line) => line.stream)}, ${of((line) => line.body)})
      as line (run_id, step_id, stream, body)`.execute(tx.db)
  return all.map(() => undefined)
})
