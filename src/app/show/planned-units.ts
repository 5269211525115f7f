import { checkTitle } from '../../domain/check-in-words.ts'
import type { Playbook } from '../../domain/playbook.ts'
import type { PlannedStep } from '../../domain/proposal.ts'
import type { Executed, PlannedUnit } from '../../message/run-steps.ts'
import type { StepRow } from '../../storage/run.repository.ts'

/**
 * Everything a run is to do, as it was approved: one unit a step and target, with the ids that the run gives them, and what
 * is looked at after each. `playbook` is undefined when it is no longer there as approved.
 */
export const plannedUnits = (
  plan: readonly PlannedStep[],
  playbook: Playbook | undefined,
  steps: readonly Pick<StepRow, 'step_id' | 'title' | 'phase'>[],
): PlannedUnit[] =>
  plan.flatMap((step) => {
    const check = playbook?.steps.find((each) => each.id === step.id)?.check
    const looked = (title: string) =>
      check === undefined ? {} : { check: `${title}: ${check.title ?? checkTitle(check)}` }
    const { calls } = step
    if (calls === undefined || calls.length === 0)
      return begunOf(step, steps).map((unit) => ({ ...unit, ...looked(unit.title) }))
    const many = calls.length > 1
    return calls.map(({ target, call, undo }, at): PlannedUnit => {
      const title = many && target !== null ? `${step.title} on ${target}` : step.title
      return {
        id: many ? `${step.id}-${at + 1}` : step.id,
        title,
        target,
        call,
        undo,
        ...looked(title),
      }
    })
  })

/** A proposal of an older version holds no calls: what has begun on several targets tells how many there are. */
const begunOf = (
  { id, title }: PlannedStep,
  steps: readonly Pick<StepRow, 'step_id' | 'title' | 'phase'>[],
): PlannedUnit[] => {
  const begun = steps.filter((each) => each.phase === 'action' && each.step_id.startsWith(`${id}-`))
  return begun.length === 0 ? [{ id, title }] : begun.map((each) => ({ id: each.step_id, title: each.title }))
}

/** A row as the cards read it. */
export const executedOf = (step: StepRow): Executed => ({
  stepId: step.step_id,
  phase: step.phase,
  status: step.status,
  startedAt: step.started_at,
  finishedAt: step.finished_at,
  ...(step.phase === 'verify' ? { title: step.title, summary: step.summary } : {}),
})
