import { actionCatalogue } from '../../domain/actions/index.ts'
import { valueOfText } from '../../domain/edit-parameters.ts'
import type { FormAnswers } from '../../domain/form.ts'
import { parametersOf } from '../../domain/narrow-parameter.ts'
import type { Caller } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { type Edited, editProposal } from './edit-proposal.ts'

/** An edit from a form or a typed line, where every value is text at first. */
export const editWithAnswers = async (
  app: App,
  caller: Caller,
  proposalId: string,
  answers: FormAnswers,
): Promise<Edited | Rejection> => {
  const [proposal, { playbooks }] = await Promise.all([
    inTenant(app.store, caller.tenantId, (tx) => findProposal(tx, proposalId), { readOnly: true }),
    app.configuration.of(caller.tenantId),
  ])
  const loaded = playbooks.find(({ digest }) => digest === proposal?.playbook_digest)
  const specs = loaded === undefined ? {} : parametersOf(loaded.playbook, actionCatalogue)
  const values = new Map<string, unknown>()
  for (const [name, typed] of Object.entries(answers)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    values.set(name, spec === undefined ? typed : valueOfText(spec, typed))
  }
  // By own properties, so that no name of a field reaches a prototype.
  return editProposal(app, caller, proposalId, Object.fromEntries(values))
}
