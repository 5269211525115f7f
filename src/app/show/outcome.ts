import type { LearningStatus, Recovery } from '../../domain/learning.ts'
import { oddsOf } from '../../domain/score.ts'
import { outcomeCard } from '../../message/outcome-card.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { type ProposalRow, permitOfRun, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { historyOf } from '../heal/past-incidents.ts'
import { postCards } from './post-cards.ts'

interface Ended {
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly status: LearningStatus
  readonly recovery: Recovery
  readonly durationMs: number
}

/** The last word on a run that began: whether it helped, by whom it came about, and what the odds are from now on. */
export const showOutcome = async (app: App, tx: Tx, out: Outbound, ended: Ended): Promise<void> => {
  const { run, proposal } = ended
  if (run.started_at === null) return
  const { severity, service } = await tx.db
    .selectFrom('incident')
    .select(['severity', 'service'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', run.incident_id)
    .executeTakeFirstOrThrow()
  const approverIds = (await permitOfRun(tx, run.id))?.approver_ids ?? []
  const name = await namesOf(tx, [run.requester_id, ...approverIds])
  const verification = (await stepsOfRun(tx, run.id)).findLast((step) => step.phase === 'verify')
  await postCards(app, tx, out, [
    {
      key: `outcome/${run.id}`,
      kind: 'outcome',
      incidentId: run.incident_id,
      service,
      card: outcomeCard({
        incidentId: run.incident_id,
        runId: run.id,
        service: proposal.body.service,
        severity,
        playbookTitle: proposal.body.playbookTitle,
        status: ended.status,
        recovery: ended.recovery,
        durationMs: ended.durationMs,
        evidence: verification === undefined || verification.summary === '' ? '' : `${verification.summary}.`,
        odds: await oddsFromNowOn(app, tx, proposal),
        requestedBy: name(run.requester_id),
        approvedBy: approverIds.map(name),
      }),
    },
  ])
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
