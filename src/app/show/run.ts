import { isTerminal } from '../../domain/run.ts'
import { runCard } from '../../message/run-card.ts'
import { stepsInWords } from '../../message/run-steps.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { findProposal, findRun, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { postCards } from './post-cards.ts'

/** Draws a run as its rows tell it. A run that never left approval has no card of its own: its proposal says it all. */
export const showRun = async (app: App, tx: Tx, out: Outbound, runId: string): Promise<void> => {
  const run = await findRun(tx, runId)
  if (run === undefined || run.queued_at === null) return
  const proposal = await findProposal(tx, run.proposal_id)
  if (proposal === undefined) throw new Error(`${runId} has no proposal ${run.proposal_id}`)
  const incident = await tx.db
    .selectFrom('incident')
    .select(['severity', 'service'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', run.incident_id)
    .executeTakeFirstOrThrow()
  const steps = await stepsOfRun(tx, runId)
  const name = await namesOf(tx, run.cancel_requested_by === null ? [] : [run.cancel_requested_by])
  const executed = steps.map((step) => ({
    stepId: step.step_id,
    phase: step.phase,
    status: step.status,
    startedAt: step.started_at,
    finishedAt: step.finished_at,
  }))
  const planned = proposal.body.targets.length > 1 ? plannedOf(proposal.body.plan, steps) : proposal.body.plan
  await postCards(app, tx, out, [
    {
      key: `run/${run.id}`,
      kind: 'run',
      incidentId: run.incident_id,
      service: incident.service,
      card: runCard({
        run: {
          id: run.id,
          incidentId: run.incident_id,
          service: proposal.body.service,
          status: run.status,
          cause: run.cause,
          startedAt: run.started_at,
          finishedAt: run.finished_at,
          deadline: run.deadline_at,
        },
        severity: incident.severity,
        playbookTitle: proposal.body.playbookTitle,
        steps: stepsInWords(planned, executed, run.status),
        outputTail: steps.filter((step) => step.phase !== 'verify').at(-1)?.output_tail ?? '',
        queueReason: run.status === 'queued' && run.reason !== '' ? sentence(run.reason) : null,
        detail: isTerminal(run.status) ? sentence(run.reason) : '',
        cancelRequestedBy: run.cancel_requested_by === null ? null : name(run.cancel_requested_by),
        tokens: isTerminal(run.status) ? {} : { cancel: await tokenFor(tx, app.ids.token, 'cancel', run.id) },
      }),
    },
  ])
  out.changed('incident', run.incident_id)
}

/** With several targets a step is done once on each; those that have begun are shown by their own titles. */
const plannedOf = (
  plan: readonly { id: string; title: string }[],
  steps: readonly { step_id: string; title: string; phase: string }[],
) =>
  plan.flatMap((step) => {
    const begun = steps.filter((each) => each.phase === 'action' && each.step_id.startsWith(`${step.id}-`))
    return begun.length === 0
      ? [{ id: step.id, title: step.title }]
      : begun.map((each) => ({ id: each.step_id, title: each.title }))
  })

const sentence = (reason: string): string =>
  reason === '' ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`
