import type { StepPhase, StepStatus } from '../../domain/step.ts'
import type { App } from '../app.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import { endIntents } from './end-intents.ts'
import { probe } from './perform-step.ts'

type Asked = { readonly stepId: string; readonly phase: Exclude<StepPhase, 'verify'> }

/**
 * After a dead worker: an intent without a result is asked of its target. It happened: it has a result now. Nobody can
 * tell: `unknown`, and a person is asked. It did not: null, and it may be meant again under the same effect key.
 */
export const askTarget = async (app: App, claim: Claim, step: Asked): Promise<StepStatus | null> => {
  const unit = claim.units.find((each) => each.id === step.stepId)
  const call = step.phase === 'rollback' ? unit?.rollback : unit?.call
  const answer =
    call === undefined || call === null
      ? 'cannot_tell'
      : await probe(app, claim, { id: step.stepId, phase: step.phase, call })
  if (answer === 'not_happened') return null
  const status = answer === 'happened' ? 'succeeded' : 'unknown'
  await giveResult(app, claim, step, status)
  return status
}

const giveResult = (
  app: App,
  claim: Claim,
  { stepId, phase }: Asked,
  status: 'succeeded' | 'unknown',
): Promise<void> =>
  asHolder(app, claim, (tx, out, run) =>
    endIntents(tx, out, run, {
      stepId,
      phases: [phase],
      status,
      summary:
        status === 'succeeded'
          ? 'its worker died before the result was stored; the target says that it happened'
          : 'its worker died; the target cannot tell whether it happened',
    }),
  )
