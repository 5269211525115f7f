import type { Playbook } from '../../domain/playbook.ts'
import type { Service } from '../../domain/service.ts'
import type { Tx } from '../../storage/database.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { type Unit, unitsOf } from './unit.ts'

/** From what was approved to what is called. */
export type Resolved =
  | { readonly ok: true; readonly playbook: Playbook; readonly service: Service; readonly units: Unit[] }
  | { readonly ok: false; readonly problem: string }

/** The playbook as it was approved: a run that began goes on with it, even if the file has changed since. */
const approvedPlaybook = async (
  { playbooks }: Configuration,
  tx: Tx,
  { playbook: name, playbook_digest: digest }: ProposalRow,
): Promise<Playbook | null> => {
  const inForce = playbooks.find((loaded) => loaded.digest === digest && loaded.playbook.name === name)
  if (inForce !== undefined) return inForce.playbook
  const row = await tx.db
    .selectFrom('config_version')
    .select('body')
    .where('tenant_id', '=', tx.tenantId)
    .where('kind', '=', 'playbook')
    .where('name', '=', name)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row === undefined ? null : (row.body as Playbook)
}

export const resolveProposal = async (app: App, tx: Tx, proposal: ProposalRow): Promise<Resolved> => {
  const configuration = await app.configuration.of(tx.tenantId)
  const playbook = await approvedPlaybook(configuration, tx, proposal)
  const service = configuration.serviceOf(proposal.body.service)
  if (playbook === null || service === undefined)
    return {
      ok: false,
      problem: `playbook ${proposal.playbook} or service ${proposal.body.service} is no longer as approved`,
    }
  try {
    return { ok: true, playbook, service, units: unitsOf(playbook, proposal.body, service) }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}
