import type { PlannedStep } from '../../domain/proposal.ts'
import { isTerminal } from '../../domain/run.ts'
import { isLastStage, stagesOf, standsInWords, stepsOfStage } from '../../domain/stages.ts'
import { type RunCardInput, runCard } from '../../message/run-card.ts'
import { stepsInWords, undoingInWords } from '../../message/run-steps.ts'
import type { Named } from '../../message/words.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import {
  findProposal,
  findRun,
  type ProposalRow,
  type RunRow,
  requestOfRun,
  type StepRow,
  stepsOfRun,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { executedOf, plannedUnits } from './planned-units.ts'
import { type CardInThread, postCards } from './post-cards.ts'
import { unknownOf, waitingOf } from './run-words.ts'

/** What a caller holds already, as it stands after its own changes; the rest is read. */
export interface KnownOfRun {
  readonly run?: RunRow
  readonly proposal?: ProposalRow
  readonly steps?: readonly StepRow[]
  /** Token of its button Cancel. */
  readonly cancel?: string
  /** Of its button to take an approval back; null for a run that nobody had to approve. */
  readonly revoke?: string | null
  /** Whoever has just said what it did. */
  readonly resolvedBy?: Named
}

/** Draws a run as its rows tell it. A run that never left approval has no card of its own: its proposal says it all. */
export const drawRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  runId: string,
  known: KnownOfRun = {},
): Promise<CardInThread[]> => {
  const run = known.run ?? (await findRun(tx, runId))
  if (run === undefined || run.queued_at === null) return []
  const [proposal, steps, name, cancel, revoke] = await Promise.all([
    known.proposal ?? findProposal(tx, run.proposal_id),
    known.steps ?? stepsOfRun(tx, runId),
    namesOf(tx, run.cancel_requested_by === null ? [] : [run.cancel_requested_by]),
    isTerminal(run.status) ? null : (known.cancel ?? tokenFor(tx, app.ids.token, 'cancel', run.id)),
    run.status !== 'queued' || run.undo_of !== null ? null : (known.revoke ?? revokeTokenOf(app, tx, run.id)),
  ])
  if (proposal === undefined) throw new Error(`${runId} has no proposal ${run.proposal_id}`)
  const executed = steps.map(executedOf)
  const { playbooks } = await app.configuration.of(tx.tenantId)
  const playbook = playbooks.find((loaded) => loaded.digest === proposal.playbook_digest)?.playbook
  const { plan } = proposal.body
  const planned = plannedUnits(stepsOfStage(plan, run.stage), playbook, steps)
  const [waiting, unknown] = await Promise.all([
    waitingOf(tx, run),
    unknownOf(tx, app.ids.token, run, { planned, executed }, known.resolvedBy),
  ])
  out.changed('incident', run.incident_id)
  return [
    {
      key: `run/${run.id}`,
      kind: 'run',
      incidentId: run.incident_id,
      service: proposal.body.service,
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
        playbookTitle: proposal.body.playbookTitle,
        steps:
          run.undo_of === null
            ? stepsInWords(planned, executed, run.status, { verifies: isLastStage(plan, run.stage) })
            : undoingInWords(planned, executed, run.status),
        part: partOf(run, plan),
        outputTail: steps.filter((step) => step.phase !== 'verify').at(-1)?.output_tail ?? '',
        waiting,
        undoes: run.undo_of,
        ...unknown,
        detail: isTerminal(run.status) ? sentence(run.reason) : '',
        cancelRequestedBy: run.cancel_requested_by === null ? null : name(run.cancel_requested_by),
        tokens: {
          ...unknown.tokens,
          ...(cancel === null ? {} : { cancel }),
          ...(revoke == null ? {} : { revoke }),
        },
      }),
    },
  ]
}

/** Which part of its playbook it is; null where there is but one. */
const partOf = (
  { stage, follows }: RunRow,
  plan: readonly PlannedStep[],
): NonNullable<RunCardInput['part']> | null => {
  const stages = stagesOf(plan).length
  return stages < 2 ? null : { stage, stages, follows, stands: standsInWords(plan, stage) }
}

const revokeTokenOf = async (app: App, tx: Tx, runId: string): Promise<string | null> => {
  const request = await requestOfRun(tx, runId)
  return request === undefined ? null : tokenFor(tx, app.ids.token, 'revoke', request.id)
}

export const showRun = async (...given: Parameters<typeof drawRun>): Promise<void> => {
  const [app, tx, out] = given
  await postCards(app, tx, out, await drawRun(...given))
}

const sentence = (reason: string): string =>
  reason === '' ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`
