import { isActive } from '../../domain/run.ts'
import type { StepPhase } from '../../domain/step.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { findProposal, findRun, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { askWithinMs } from './overdue-times.ts'
import { probe } from './perform-step.ts'
import { problemWith } from './refuse-start.ts'
import { resolveProposal } from './resolve-proposal.ts'
import type { Call } from './unit.ts'

type Phase = Exclude<StepPhase, 'verify'>

/** What a target says about a step that has an intent and no result. */
export interface Answer {
  readonly stepId: string
  readonly phase: Phase
  readonly happened: boolean
}

interface Question {
  readonly id: string
  readonly phase: Phase
  readonly call: Call
}

/**
 * The last look at an overdue run before it ends: its targets are asked about what has no result. To be called outside any
 * transaction. What can't be told in time, or would have to be asked elsewhere than was approved, is not among the answers.
 */
export const askOverdue = async (app: App, tenantId: string, runId: string): Promise<Answer[]> => {
  const open = await inTenant(app.store, tenantId, async (tx) => {
    const run = await findRun(tx, runId)
    return run === undefined || !isActive(run.status)
      ? null
      : { run, questions: await questionsOf(app, tx, run) }
  })
  if (open === null) return []
  const { run, questions } = open
  const answers = await Promise.all(
    questions.map(async (question): Promise<Answer[]> => {
      const told = await probe(app, { run }, question, askWithinMs).catch((error: unknown) => {
        app.log.warn({ run: runId, step: question.id, error: String(error) }, 'a target could not be asked')
        return 'cannot_tell' as const
      })
      const { id: stepId, phase } = question
      return told === 'cannot_tell' ? [] : [{ stepId, phase, happened: told === 'happened' }]
    }),
  )
  return answers.flat()
}

const questionsOf = async (app: App, tx: Tx, run: RunRow): Promise<Question[]> => {
  const open = (await stepsOfRun(tx, run.id)).filter((step) => step.status === 'intent')
  if (open.length === 0 || (await worksElsewhere(app, tx, run.id))) return []
  const proposal = await findProposal(tx, run.proposal_id)
  if (proposal === undefined) return []
  const resolved = await resolveProposal(app, tx, proposal)
  if (!resolved.ok || problemWith(app, await app.configuration.of(tx.tenantId), proposal, resolved) !== null)
    return []
  return open.flatMap(({ step_id: id, phase }) => {
    const unit = resolved.units.find((each) => each.id === id)
    const call = phase === 'rollback' ? unit?.rollback : unit?.call
    return phase === 'verify' || call === undefined || call === null ? [] : [{ id, phase, call }]
  })
}

/** What was started on another host may still bring the effect about: “not yet” would be taken for “not”. */
const worksElsewhere = async (app: App, tx: Tx, runId: string): Promise<boolean> => {
  const row = await tx.db
    .selectFrom('run_process')
    .select('pid')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .where('host', '!=', app.host)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
