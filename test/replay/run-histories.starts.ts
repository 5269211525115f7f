import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { createExecutors } from '../../adapters/actions/index.ts'
import type { App } from '../../src/app/app.ts'
import { configurationOf } from '../../src/app/configuration/cache.ts'
import { digestOf } from '../../src/app/digest.ts'
import { policyFacts } from '../../src/app/policy-facts.ts'
import { type Found, refuseStart } from '../../src/app/run/refuse-start.ts'
import { resolveProposal } from '../../src/app/run/resolve-proposal.ts'
import type { Permit, PermitBinding } from '../../src/domain/permit.ts'
import type { Playbook } from '../../src/domain/playbook.ts'
import { defaultPolicy } from '../../src/domain/policy/document.ts'
import type { StoredProposal } from '../../src/domain/proposal.ts'
import type { Service } from '../../src/domain/service.ts'
import { standingOf } from '../../src/domain/standing.ts'
import type { Database, Tx } from '../../src/storage/database.ts'
import type { RunHistory, Start } from './run-histories.ts'

/** Whether a recorded run may begin, decided anew from the rows of then: no database is asked. */

interface Replayed {
  readonly history: RunHistory
  readonly playbook: Playbook
  readonly proposal: StoredProposal
  readonly service: { readonly body: Service }
}

const clock = { now: () => Temporal.Instant.fromEpochMilliseconds(0), monotonicMs: () => 0 }
const executors = createExecutors({ secrets: { read: async () => null }, allowedCommands: [], clock })

const groupRolesMaxAgeMs = 600_000

/** Of windows, modes, limits and records nothing was kept then: every table that is asked answers with no rows. */
const nothingStored = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** Whatever is not given is not asked for; if it is, the test fails there. */
const only = <T>(part: Partial<{ [K in keyof T]: unknown }>): T => part as T

const worldOf = (run: Replayed, start: Start) => {
  const { history, playbook, proposal, service } = run
  const { inForce } = start
  const inCatalogue = inForce.service === 'as_approved' ? service.body : inForce.service
  const configuration = configurationOf(
    { services: inCatalogue === null ? [] : [inCatalogue] },
    // The first of a name is in force; the one that was approved stands among the older versions.
    [
      ...(inForce.playbook === null ? [] : [{ playbook, digest: inForce.playbook }]),
      { playbook, digest: history.playbook },
    ],
    // Before there was a policy file, everything was open at any hour.
    { document: { ...defaultPolicy, windows: [] }, digest: '' },
    '',
  )
  const app = only<App>({
    configuration: { of: async () => configuration },
    limits: { groupRolesMaxAgeMs },
    executors,
    observeOnly: false,
  })
  const tx = only<Tx>({ tenantId: 'lab', now: Temporal.Instant.from(start.now), db: nothingStored })
  const row = only<Found['proposal']>({
    id: 'proposal',
    playbook: playbook.name,
    playbook_digest: history.playbook,
    body: proposal,
  })
  const incident = only<Found['incident']>(start.incident)
  const governance = only<Found['governance']>(start.governance)
  return { app, tx, row, incident, governance }
}

/** The code of the refusal; null when it may begin. */
export const startAgain = async (run: Replayed, start: Start): Promise<string | null> => {
  const { app, tx, row, incident, governance } = worldOf(run, start)
  const refusal = await refuseStart(app, tx, {
    run: only<Found['run']>({ id: run.history.run, undo_of: start.undoOf }),
    proposal: row,
    incident,
    permit:
      start.permit === null
        ? undefined
        : only<NonNullable<Found['permit']>>({
            ...start.permit,
            overrides: [],
            expires_at: Temporal.Instant.from(start.permit.expires_at),
          }),
    // Nothing more was asked for then than policy asks for now.
    request: undefined,
    approvers: start.approvers.map(({ person, disabled }) =>
      standingOf(person, disabled, null, tx.now, groupRolesMaxAgeMs),
    ),
    governance,
    resolved: await resolveProposal(app, tx, row),
  })
  return refusal?.code ?? null
}

/** What the rules look at, gathered anew; of facts that are new since then nothing was recorded. */
export const policyFactsAgain = async (run: Replayed, start: Start): Promise<object> => {
  const { app, tx, incident, governance } = worldOf(run, start)
  const { facts } = await policyFacts(
    app,
    tx,
    'run',
    incident,
    run.proposal,
    { requesterId: 'person_suture', overrides: [] },
    governance,
  )
  const recorded = Object.keys(start.policy?.facts ?? {})
  return Object.fromEntries(Object.entries(facts).filter(([name]) => recorded.includes(name)))
}

export const permitFrom = (row: NonNullable<Start['permit']>): Permit => ({
  id: row.id,
  runId: row.run_id,
  // There were no gates then.
  stage: 0,
  status: row.status,
  proposalDigest: row.proposal_digest,
  playbookDigest: row.playbook_digest,
  parametersDigest: row.parameters_digest,
  targets: row.targets,
  approverIds: row.approver_ids,
  policyVersion: row.policy_version,
  expiresAt: Temporal.Instant.from(row.expires_at),
})

export const bindingOf = ({ history, proposal }: Replayed): PermitBinding => ({
  runId: history.run,
  stage: 0,
  proposalDigest: digestOf(proposal),
  playbookDigest: history.playbook,
  parametersDigest: digestOf(proposal.parameters),
  targets: proposal.targets,
})
