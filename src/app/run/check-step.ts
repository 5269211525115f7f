import { checkTitle } from '../../domain/check-in-words.ts'
import type { Recovery } from '../../domain/learning.ts'
import { checkId } from '../../domain/next-move.ts'
import type { Step } from '../../domain/playbook.ts'
import type { App } from '../app.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'
import { noteChecks } from './note-checks.ts'
import type { Unit } from './unit.ts'
import { watchChecks } from './watch-checks.ts'

/**
 * What has to hold once a step was done. Anything but `recovered` fails the step. A step that asks for no check has none to
 * pass: asking for it all the same is a defect.
 */
export const checkStep = async (app: App, claim: Claim, unit: Unit, control: Control): Promise<Recovery> => {
  const check = stepOf(claim, unit)?.check
  if (check === undefined) throw new Error(`${claim.run.id}: step ${unit.id} declares no check`)
  const { recovery, notes } = await watchChecks(app, claim, control, [
    {
      stepId: checkId(unit.id),
      title: `${unit.title}: ${check.title ?? checkTitle(check)}`,
      position: unit.position,
      check,
    },
  ])
  await noteChecks(app, claim, notes)
  return recovery
}

/** On several targets the unit is the step's id and the target's position: `restart-2`. */
const stepOf = ({ playbook }: Claim, { id }: Unit): Step | undefined =>
  playbook.steps.find((step) => step.id === id) ??
  playbook.steps.find((step) => id.startsWith(`${step.id}-`) && /^\d+$/.test(id.slice(step.id.length + 1)))
