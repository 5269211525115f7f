import type { Recovery } from '../../domain/learning.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import { pause } from './built-in-step.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'

/** Did it help? Several healthy answers in a row say yes; none in time says no; no answer to be had says "not measured". */
export const verifyRun = async (app: App, claim: Claim, control: Control): Promise<Recovery> => {
  await noteVerification(app, claim, null, '')
  const { within, every, healthy } = claim.playbook.verify
  const untilMs = app.clock.monotonicMs() + Math.min(within, control.workLeftMs())
  let inARow = 0
  let measured = false
  let last = 'no answer yet'
  while (app.clock.monotonicMs() < untilMs && !control.work.aborted) {
    const left = Math.max(1, untilMs - app.clock.monotonicMs())
    const reading = await app.probeHealth(
      claim.service,
      AbortSignal.any([control.work, AbortSignal.timeout(Math.ceil(left))]),
    )
    measured ||= reading.measured
    last = reading.summary
    inARow = reading.healthy ? inARow + 1 : 0
    if (inARow >= healthy) {
      await noteVerification(app, claim, 'succeeded', `${last}, ${inARow} times in a row`)
      return 'recovered'
    }
    if (!(await pause(Math.min(every, left), control.work))) break
  }
  control.assertHeld()
  await noteVerification(app, claim, 'failed', measured ? last : `not measured: ${last}`)
  return measured ? 'not_recovered' : 'not_measured'
}

const noteVerification = (
  app: App,
  claim: Claim,
  status: 'succeeded' | 'failed' | null,
  summary: string,
): Promise<void> =>
  asHolder(app, claim, async (tx, out) => {
    const finished = status === null ? null : tx.now
    const row = {
      status: status ?? ('intent' as const),
      finished_at: finished,
      summary: summary.slice(0, 1_000),
      fencing_token: claim.fence,
    }
    await tx.db
      .insertInto('step_execution')
      .values({
        ...row,
        tenant_id: tx.tenantId,
        run_id: claim.run.id,
        step_id: 'verify',
        phase: 'verify',
        position: claim.units.length,
        title: 'Check that it helped',
        started_at: tx.now,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'run_id', 'step_id', 'phase']).doUpdateSet(row),
      )
      .execute()
    await showRun(app, tx, out, claim.run.id)
    out.changed('run', claim.run.id)
  })
