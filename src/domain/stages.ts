import type { Gate } from './playbook.ts'
import type { PlannedStep } from './proposal.ts'

/** A gate splits a plan into stages: the steps from one gate to the next. Each of them is a Run of its own. */

type Split = { readonly gate?: Gate | undefined }

/** At least one stage; a plan without gates is one. */
export const stagesOf = <T extends Split>(steps: readonly T[]): T[][] =>
  steps.reduce<T[][]>((stages, step) => {
    const last = stages.at(-1)
    if (last === undefined || step.gate !== undefined) return [...stages, [step]]
    last.push(step)
    return stages
  }, [])

/** The steps of one stage, the first being 0; none where there is no such stage. */
export const stepsOfStage = <T extends Split>(steps: readonly T[], stage: number): T[] =>
  stagesOf(steps)[stage] ?? []

/** The gate before a stage; null before the first. */
export const gateBefore = (plan: readonly PlannedStep[], stage: number): Gate | null =>
  stepsOfStage(plan, stage)[0]?.gate ?? null

export const isLastStage = (steps: readonly Split[], stage: number): boolean =>
  stage >= stagesOf(steps).length - 1

/** `stage 2 of 3`; null for a plan without gates, where there is nothing to tell apart. */
export const stageInWords = (of: { readonly stage: number; readonly stages: number }): string | null =>
  of.stages < 2 ? null : `stage ${of.stage + 1} of ${of.stages}`

/**
 * What is left behind by the stages before this one, and how a person takes it back. Empty for the first stage. Whole
 * sentences, for whoever is called when the rest does not come about.
 */
export const standsInWords = (plan: readonly PlannedStep[], stage: number): string => {
  const before = stagesOf(plan).slice(0, stage)
  const done = before.flat()
  if (done.length === 0) return ''
  const which = before.length === 1 ? 'Stage 1 stands' : `Stages 1 to ${before.length} stand`
  const steps = done.map(({ title }) => `“${title}”`).join(', ')
  const undoable = done.filter(({ undo }) => undo !== null && undo !== nothingToUndo).toReversed()
  const final = done.filter(({ undo }) => undo === null)
  return [
    `${which}: ${steps}. Nothing of it is undone.`,
    ...(undoable.length === 0
      ? []
      : [`To undo it by hand, in this order: ${undoable.map(({ undo }) => `“${undo}”`).join(', ')}.`]),
    ...(final.length === 0 ? [] : [`${final.map(({ title }) => `“${title}”`).join(', ')} can't be undone.`]),
  ].join(' ')
}

const nothingToUndo = 'Nothing to undo'
