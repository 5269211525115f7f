import type { LearningStatus, Recovery } from '../../domain/learning.ts'
import { oddsOf } from '../../domain/score.ts'
import { outcomeCard } from '../../message/outcome-card.ts'
import type { Tx } from '../../storage/database.ts'
import { peopleBehind } from '../../storage/people.repository.ts'
import type { ProposalRow, RunRow, StepRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { historyOf } from '../heal/past-incidents.ts'
import type { CardInThread } from './post-cards.ts'

export interface Ended {
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly status: LearningStatus
  readonly recovery: Recovery
  readonly durationMs: number
  readonly steps: Promise<readonly StepRow[]>
}

/** The last word on a run that began: whether it helped, by whom it came about, and what the odds are from now on. */
export const drawOutcome = async (app: App, tx: Tx, ended: Ended): Promise<CardInThread[]> => {
  const { run, proposal } = ended
  if (run.started_at === null) return []
  const [{ approverIds, name }, rows, odds] = await Promise.all([
    peopleBehind(tx, run.id),
    ended.steps,
    oddsFromNowOn(app, tx, proposal),
  ])
  const seen = rows
    .filter((step) => step.phase === 'verify' && !step.step_id.endsWith('.check') && step.summary !== '')
    .map((step) => step.summary)
  return [
    {
      key: `outcome/${run.id}`,
      kind: 'outcome',
      incidentId: run.incident_id,
      service: proposal.body.service,
      card: outcomeCard({
        incidentId: run.incident_id,
        runId: run.id,
        service: proposal.body.service,
        playbookTitle: proposal.body.playbookTitle,
        status: ended.status,
        recovery: ended.recovery,
        durationMs: ended.durationMs,
        evidence: seen.length === 0 ? '' : `${seen.join('; ')}.`,
        odds,
        requestedBy: name(run.requester_id),
        approvedBy: approverIds.map(name),
      }),
    },
  ]
}

const oddsFromNowOn = async (app: App, tx: Tx, proposal: ProposalRow) => {
  const { playbooks } = await app.configuration.of(tx.tenantId)
  const playbook = playbooks.find((loaded) => loaded.playbook.name === proposal.playbook)?.playbook
  const history = await historyOf(tx)
  const code = proposal.body.diagnosisCode
  return playbook === undefined
    ? null
    : oddsOf(playbook.prior, history.playbook(proposal.playbook, code), history.selfRecovery(code))
}
