import type { App } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { type Requested, requestRun } from '../../src/app/approval/request-run.ts'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { parseFiles } from '../../src/app/configuration/parse-files.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import type { Alert } from '../../src/domain/alert.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { inTenant, type Tx } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { alwaysOpen } from '../support/always-open.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { type Estate, type EstateService, startEstate } from './core-estate.ts'

/** Times that a test can wait for; what they stand for is minutes. */
const verify = 'verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }'
const diagnoses = 'diagnoses: [service_down, elevated_errors, general_degradation, saturation]'

/** By name. `two-steps` can be undone, `restart` cannot, `grave` asks for two approvers. */
export const corePlaybooks: Readonly<Record<string, string>> = {
  'two-steps': `name: two-steps
version: 1
title: Two steps
description: Turns a flag off and adds an instance.
impact: medium
${diagnoses}
steps:
  - id: flag
    action: set_feature_flag
    with: { flag: pricing, enabled: false }
    timeout: 1s
    rollback: { action: set_feature_flag, with: { flag: pricing, enabled: true }, timeout: 1s }
  - id: scale
    action: scale_instances
    with: { delta: 1 }
    timeout: 1s
    rollback: { action: scale_instances, with: { delta: -1 }, timeout: 1s }
${verify}
prior: { worked: 18, failed: 1 }
`,
  restart: `name: restart
version: 1
title: Restart
description: Restarts it.
impact: medium
${diagnoses}
steps:
  - id: restart
    action: restart_service
    timeout: 1s
${verify}
prior: { worked: 6, failed: 3 }
`,
  grave: `name: grave
version: 1
title: Something grave
description: Restarts it, and two people have to agree.
impact: critical
${diagnoses}
steps:
  - id: restart
    action: restart_service
    timeout: 1s
${verify}
prior: { worked: 4, failed: 4 }
`,
}

export type ServiceKind = 'plain' | 'mute' | 'unprobed' | 'shared' | 'secret'

const kinds: readonly ServiceKind[] = ['plain', 'mute', 'unprobed', 'shared', 'secret']
/** Services of each kind: a test takes the next one, so that tests share a database and nothing else. */
const ofEachKind = { plain: 80, mute: 8, unprobed: 3, shared: 12, secret: 2 } as const

const catalogueOf = (url: string): string =>
  `services:\n${kinds
    .flatMap((kind) =>
      Array.from({ length: ofEachKind[kind] }, (_, at) => serviceText(url, `${kind}-${at + 1}`, kind)),
    )
    .join('')}`

const serviceText = (url: string, name: string, kind: ServiceKind): string => {
  const call = (action: string, more = '') =>
    `          ${action}: { method: POST, url: '${url}/${name}/act/${action}'${kind === 'mute' ? '' : `, effect: '${url}/${name}/effects/{key}'`}${kind === 'secret' ? ', secret: shop-token' : ''}${more} }\n`
  return `  - name: ${name}
    aliases: [${name}-api]
${kind === 'unprobed' ? '' : `    probe: { url: '${url}/${name}/health', timeout: 300ms }\n`}    targets:
      - name: ${kind === 'shared' ? 'test/shared' : `test/${name}`}
        kind: http
        actions:
${call('restart_service')}${call('scale_instances', `, body: { delta: '\${{ parameters.delta }}' }`)}${call('set_feature_flag', `, body: { flag: '\${{ parameters.flag }}', enabled: '\${{ parameters.enabled }}' }`)}`
}

export interface CoreWorld extends TestApp {
  readonly estate: Estate
  /** A service that no other test of the file has used. */
  readonly take: (kind?: ServiceKind) => { name: string; service: EstateService }
  /** Imports playbooks and catalogue anew; whatever is given takes the place of the file of that name. */
  readonly configure: (
    playbooks?: Readonly<Record<string, string>>,
    edit?: (catalogue: string) => string,
    tenantId?: string,
    /** The text of the policy file; always open when absent. */
    policy?: string | null,
  ) => Promise<void>
  readonly read: <T>(work: (tx: Tx) => Promise<T>, tenantId?: string) => Promise<T>
  readonly fire: (service: string, given?: Partial<Alert>) => Promise<string>
  readonly resolve: (service: string, given?: Partial<Alert>) => Promise<void>
  /** Fires, looks into it, and returns the incident. */
  readonly proposed: (service: string) => Promise<string>
  readonly proposalOf: (incidentId: string, playbook: string) => Promise<string>
  /** Ada requests. */
  readonly requested: (incidentId: string, playbook: string) => Promise<{ runId: string; requestId: string }>
  /** Ada requests, Chloe approves: the run is queued. */
  readonly queued: (service: string, playbook?: string) => Promise<{ incidentId: string; runId: string }>
  readonly run: (id: string) => ReturnType<typeof runOf>
  readonly incident: (id: string) => ReturnType<typeof incidentOf>
  readonly eventsOf: (subject: string) => Promise<string[]>
}

export const coreWorld = async (
  options: { overrides?: Partial<App>; settle?: Partial<App['limits']> } = {},
): Promise<CoreWorld> => {
  const estate = await startEstate()
  const world = await testApp(options)
  const taken = new Map<ServiceKind, number>()
  const configure: CoreWorld['configure'] = async (
    playbooks = {},
    edit = (text) => text,
    tenantId = testTenant,
    policy = null,
  ) => {
    const parsed = parseFiles(
      {
        catalogue: { name: 'catalogue.yaml', text: edit(catalogueOf(estate.url)) },
        playbooks: Object.entries({ ...corePlaybooks, ...playbooks }).map(([name, text]) => ({
          name: `${name}.yaml`,
          text,
        })),
        policy: policy === null ? alwaysOpen : { name: 'policy.yaml', text: policy },
      },
      world.app.limits.runBudgetMs,
    )
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2))
    await importFiles(world.app, tenantId, parsed.value)
    forgetConfiguration(world.app, tenantId)
  }
  await configure()
  const read: CoreWorld['read'] = (work, tenantId = testTenant) => inTenant(world.app.store, tenantId, work)
  const writer = createIngestWriter(world.app)
  const send = (service: string, given: Partial<Alert>) =>
    writer.ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: [anAlert({ service, ...given })],
      keptAside: [],
    })
  const fire: CoreWorld['fire'] = async (service, given = {}) => {
    const [id] = (await send(service, given)).incidents
    if (id === undefined) throw new Error(`firing ${service} opened nothing`)
    return id
  }
  const proposed: CoreWorld['proposed'] = async (service) => {
    const id = await fire(service)
    await healIncident(world.app, testTenant, id)
    return id
  }
  const proposalOf: CoreWorld['proposalOf'] = async (incidentId, playbook) => {
    const rows = await read((tx) =>
      tx.db
        .selectFrom('proposal')
        .select(['id', 'playbook'])
        .where('incident_id', '=', incidentId)
        .where('withdrawn_at', 'is', null)
        .execute(),
    )
    const found = rows.find((row) => row.playbook === playbook)
    if (found === undefined)
      throw new Error(`no ${playbook} for ${incidentId}; there are ${rows.map((row) => row.playbook).join()}`)
    return found.id
  }
  const requested: CoreWorld['requested'] = async (incidentId, playbook) => {
    const ada = await world.caller('Ada', ['responder', 'approver'])
    const result: unknown = await requestRun(world.app, ada, await proposalOf(incidentId, playbook))
    if (isRejection(result)) throw new Error(result.detail)
    const { runId, requestId } = result as Requested
    if (requestId === null) throw new Error('nobody was asked')
    return { runId, requestId }
  }
  return {
    ...world,
    estate,
    take: (kind = 'plain') => {
      const number = (taken.get(kind) ?? 0) + 1
      if (number > ofEachKind[kind]) throw new Error(`there are only ${ofEachKind[kind]} services ${kind}`)
      taken.set(kind, number)
      const name = `${kind}-${number}`
      return { name, service: estate.of(name) }
    },
    configure,
    read,
    fire,
    resolve: async (service, given = {}) => {
      await send(service, { status: 'resolved', ...given })
    },
    proposed,
    proposalOf,
    requested,
    queued: async (service, playbook = 'two-steps') => {
      const incidentId = await proposed(service)
      const { runId, requestId } = await requested(incidentId, playbook)
      const chloe = await world.caller('Chloe', ['approver'])
      const decided = await decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' })
      if (isRejection(decided)) throw new Error(decided.detail)
      return { incidentId, runId }
    },
    run: (id) => read((tx) => runOf(tx, id)),
    incident: (id) => read((tx) => incidentOf(tx, id)),
    eventsOf: (subject) =>
      read(async (tx) =>
        (
          await tx.db
            .selectFrom('audit_entry')
            .select('event')
            .where('subject', '=', subject)
            .orderBy('seq')
            .execute()
        ).map((row) => row.event),
      ),
    close: async () => {
      await world.close()
      await estate.close()
    },
  }
}

/** The next reader loads it from the rows, as after a change or when it has grown old. */
export const forgetConfiguration = (app: App, tenantId = testTenant): void =>
  (app.configuration as App['configuration'] & { forget: (tenantId: string) => void }).forget(tenantId)

const runOf = (tx: Tx, id: string) =>
  tx.db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

const incidentOf = (tx: Tx, id: string) =>
  tx.db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** What a process that dies at `at` leaves behind: everything before it, nothing after it. */
export const dyingAt = (app: App, at: string): App => ({
  ...app,
  workerId: `dead-${at}`,
  checkpoint: async (name) => {
    if (name === at) throw new Died(at)
  },
})
export class Died extends Error {}

/** Longer than any lease of a test world. */
export const afterTheLeaseMs = 16_000
