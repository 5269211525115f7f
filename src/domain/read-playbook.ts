import type { ActionCatalogue } from './action.ts'
import { checkPlaybook } from './check-playbook.ts'
import { Playbook } from './playbook.ts'
import { type Reader, readWith } from './reading.ts'

/** Shape first, then what the action catalogue and the run timeout allow. */
export const playbookReader =
  (actions: ActionCatalogue, runTimeoutMs?: number): Reader<Playbook> =>
  (input) => {
    const shaped = readWith(Playbook)(input)
    if (!shaped.ok) return shaped
    const problems = checkPlaybook(shaped.value, actions, runTimeoutMs)
    return problems.length === 0 ? shaped : { ok: false, problems }
  }
