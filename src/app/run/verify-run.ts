import { checksOf } from '../../domain/check.ts'
import { checkTitle } from '../../domain/check-in-words.ts'
import type { App } from '../app.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'
import type { CheckNote } from './note-checks.ts'
import { firstNotes, type Watched, type WatchedCheck, watchChecks } from './watch-checks.ts'

/** Did it help? Yes when all checks of the plan hold at the same time, often enough in a row. */
export const verifyRun = (
  app: App,
  claim: Claim,
  control: Control,
  how: { readonly begun?: boolean } = {},
): Promise<Watched> => watchChecks(app, claim, control, checksOfPlan(claim), how)

/** For the commit in which the looking begins. */
export const firstNotesOfPlan = (claim: Claim): CheckNote[] => firstNotes(checksOfPlan(claim))

/** Unit ids hold no dots, so that these can't be taken for the check of a step. */
const checksOfPlan = ({ playbook, units }: Claim): WatchedCheck[] => {
  const checks = checksOf(playbook.verify)
  return checks.map((check, at) => ({
    stepId: checks.length === 1 ? 'verify' : `verify.${at + 1}`,
    title: checks.length === 1 ? (check.title ?? 'Check that it helped') : checkTitle(check),
    position: (units.at(-1)?.position ?? -1) + 1 + at,
    check,
  }))
}
