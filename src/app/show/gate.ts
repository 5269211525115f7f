import { stepsOfStage } from '../../domain/stages.ts'
import { type GateCardInput, gateCard } from '../../message/gate-card.ts'
import { stepsInWords } from '../../message/run-steps.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { executedOf, plannedUnits } from './planned-units.ts'
import type { CardInThread } from './post-cards.ts'
import { askedOf, decisionTokens, type NameOf, stateOf, type Told } from './request-state.ts'

/** A gate has a card of its own, so that it stands last in the thread where people look. */
export const drawGate = async (
  app: App,
  tx: Tx,
  told: Told & { readonly run: RunRow },
  nameOf?: NameOf,
): Promise<CardInThread[]> => {
  const { proposal, incident, run, request } = told
  if (run.follows === null) return []
  const [state, rows, tokens, { playbooks }] = await Promise.all([
    gateStateOf(app, tx, told, nameOf),
    stepsOfRun(tx, run.follows),
    request?.status === 'pending' ? decisionTokens(tx, app.ids.token, request.id) : {},
    app.configuration.of(tx.tenantId),
  ])
  const playbook = playbooks.find((loaded) => loaded.digest === proposal.playbook_digest)?.playbook
  const before = plannedUnits(stepsOfStage(proposal.body.plan, run.stage - 1), playbook, rows)
  return [
    {
      key: `gate/${run.id}`,
      kind: 'proposal',
      incidentId: incident.id,
      service: incident.service,
      card: gateCard({
        runId: run.id,
        follows: run.follows,
        incidentId: incident.id,
        proposalId: proposal.id,
        proposal: proposal.body,
        stage: run.stage,
        verdict: askedOf(proposal.verdict, request),
        state,
        done: stepsInWords(before, rows.map(executedOf), 'succeeded', { verifies: false }),
        tokens,
      }),
    },
  ]
}

/** What ends at a gate is not offered again from there. */
const gateStateOf = async (
  app: App,
  tx: Tx,
  told: Told & { readonly run: RunRow },
  nameOf?: NameOf,
): Promise<GateCardInput['state']> => {
  const { run, request } = told
  if (request?.status === 'expired') {
    const name = nameOf ?? (await namesOf(tx, [run.requester_id]))
    return { kind: 'expired', requestedBy: name(run.requester_id), expiresAt: request.expires_at }
  }
  const endedHere = run.started_at === null && run.finished_at !== null && request?.status !== 'rejected'
  const state = endedHere ? null : await stateOf(app, tx, told, nameOf)
  return state === null || state.kind === 'open' || state.kind === 'blocked'
    ? { kind: 'withdrawn', why: sentence(run.reason) }
    : state
}

const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`
