import type { ParameterSpec, ParameterSpecs } from '../../domain/action.ts'
import { actionCatalogue } from '../../domain/actions/index.ts'
import { parametersOf } from '../../domain/narrow-parameter.ts'
import { expectation } from '../../domain/parameters.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'

export interface ProposalView {
  readonly id: string
  readonly incidentId: string
  readonly rank: number
  readonly withdrawn: boolean
  readonly createdAt: string
  readonly digest: string
  readonly proposal: Proposal
  readonly verdict: Verdict
  readonly parameters: EditableParameter[]
}

export interface EditableParameter {
  readonly name: string
  readonly title: string
  readonly type: ParameterSpec['type']
  readonly expects: string
  /** Of a choice; empty for the others. */
  readonly values: string[]
}

export const readProposal = (app: App, tenantId: string, id: string): Promise<ProposalView | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await findProposal(tx, id)
    if (row === undefined) return null
    const { playbooks } = await app.configuration.of(tenantId)
    const loaded = playbooks.find(({ digest }) => digest === row.playbook_digest)
    return {
      id: row.id,
      incidentId: row.incident_id,
      rank: row.rank,
      withdrawn: row.withdrawn_at !== null,
      createdAt: row.created_at.toString(),
      digest: row.digest,
      proposal: row.body,
      verdict: row.verdict,
      parameters: loaded === undefined ? [] : editable(parametersOf(loaded.playbook, actionCatalogue)),
    }
  })

const editable = (specs: ParameterSpecs): EditableParameter[] =>
  Object.entries(specs).map(([name, spec]) => ({
    name,
    title: spec.title,
    type: spec.type,
    expects: expectation(spec),
    values: spec.type === 'choice' ? [...spec.values] : [],
  }))
