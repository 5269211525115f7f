import { alertParsers } from '../../adapters/alerts/index.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { comeBack } from '../../src/app/delegation/end-delegation.ts'
import { setDelegation } from '../../src/app/delegation/set-delegation.ts'
import { createEventFeed } from '../../src/app/event-feed.ts'
import { setFreeze } from '../../src/app/freeze/set-freeze.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { scopesOf } from '../../src/app/identity/rights.ts'
import { authenticateSession, startLabSession } from '../../src/app/identity/sessions.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { setSilence } from '../../src/app/silence/set-silence.ts'
import { type Caller, type Role, roles, type Scope, scopes } from '../../src/domain/person.ts'
import { isRejection, type Rejection } from '../../src/domain/rejection.ts'
import type { Right } from '../../src/domain/rights/right.ts'
import { createHttpApp } from '../../src/http/app.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { alertSecret, createAsk, fakeLab, type SignedIn, type TestHttp } from '../support/http.ts'
import { ownerPool } from '../support/owner-pool.ts'
import { sized } from '../support/sized-playbook.ts'
import { type ChatWorld, chatWorld, otherTenant } from './chat-world.ts'
import { sealAll } from './seal-world.ts'

/** Somebody who asks by HTTP: a person of one role with a session, or a service account that may all, with a key of one scope. */
export interface Asker {
  readonly name: string
  readonly roles: readonly Role[]
  readonly scopes: readonly Scope[]
  readonly isService: boolean
  /** Absent for whoever shows nothing. */
  readonly as?: SignedIn | string
}

/** One of each thing that has an id, in one tenant. */
export type Subjects = Readonly<Record<(typeof kinds)[number], string>>
const kinds = [
  'incident',
  'proposal',
  'editable',
  'request',
  'run',
  'cancelable',
  'unknownRun',
  'freeze',
  'silence',
  'delegation',
  'glass',
  'person',
  'key',
] as const

export interface RightsWorld extends ChatWorld {
  readonly ask: TestHttp['ask']
  readonly askers: readonly Asker[]
  /** An admin of the other tenant. */
  readonly stranger: Asker
  readonly own: Subjects
  readonly foreign: Subjects
  /** New ones of the own tenant. */
  readonly more: () => Promise<Subjects>
  /** Lines of the gateway's audit that say deny. */
  readonly denied: () => number
  /** Audit entries `refused` of both tenants, by reason. */
  readonly refusals: () => Promise<string[]>
  /** What stands in each table, but for those that `except` names: any write to it changes it. */
  readonly tables: (except?: readonly string[]) => Promise<Readonly<Record<string, string>>>
}

/** What a refusal writes, and nothing else. */
export const history: readonly string[] = ['audit_entry', 'audit_unsealed']

export const mayAsk = (right: Right, asker: Asker): boolean =>
  right.who === 'everybody' ||
  (asker.as !== undefined &&
    (right.who === 'known' || right.who.some((role) => asker.roles.includes(role))) &&
    !(asker.isService && right.peopleOnly === true) &&
    [right.scope, asker.isService ? right.keyScope : null].every(
      (scope) => scope == null || asker.scopes.includes(scope),
    ))

export const rightsWorld = async (): Promise<RightsWorld> => {
  let denied = 0
  const note = (details: object): void => {
    if ('channel' in details && details.channel === 'gateway.audit' && 'decision' in details)
      denied += details.decision === 'deny' ? 1 : 0
  }
  const world = await chatWorld({ overrides: { log: { info: note, warn: note, error: note } } })
  for (const tenantId of [testTenant, otherTenant]) await world.configure({ sized }, undefined, tenantId)
  const secret = { kind: 'shared_secret', secret: alertSecret } as const
  const { app } = world
  const http = createHttpApp({
    app,
    ingest: createIngestWriter(app),
    events: createEventFeed(),
    lab: fakeLab(),
    parsers: alertParsers,
    senders: { alertmanager: secret, grafana: secret, generic: secret },
    tenantId: testTenant,
    health: async () => ({ status: 'pass', checks: {} }),
    allowedHosts: [],
    consoleDir: null,
    version: '0.0.0-test',
  })
  const pool = ownerPool(world.ownerUrl, 2)
  const askers: Asker[] = [{ name: 'no key', roles: [], scopes: [], isService: false }]
  for (const role of roles) askers.push(await person(world, role, testTenant))
  for (const scope of scopes) askers.push(await service(world, scope))
  const own = await subjectsOf(world, testTenant)
  const foreign = await subjectsOf(world, otherTenant)
  const stranger = await person(world, 'admin', otherTenant)
  const ask = createAsk(http)
  await sealAll(world)
  // The last use of a key is noted beside its first request, and not again within the minute.
  for (const { as } of askers) await ask('GET', '/v1/me', as === undefined ? {} : { as })
  return {
    ...world,
    ask,
    askers,
    own,
    foreign,
    stranger,
    more: () => subjectsOf(world, testTenant),
    denied: () => denied,
    refusals: async () =>
      (
        await pool.query<{ said: string }>(
          `select actor || ' ' || (convert_from(bytes, 'utf8')::json -> 'details' ->> 'reason_code') as said
             from audit_entry where event = 'refused' order by seq`,
        )
      ).rows.map(({ said }) => said),
    tables: (except = []) => fingerprints(pool, except),
    close: async () => {
      http.close()
      await pool.end()
      await world.close()
    },
  }
}

/** A person of one role, with a session and an account of Slack: `T1:UVIEWER`. */
const person = async (world: ChatWorld, role: Role, tenantId: string): Promise<Asker> => {
  const caller = await world.caller(`Matrix-${role}`, [role], tenantId)
  const started = good(await startLabSession(world.app, tenantId, caller.person.id))
  const session = await authenticateSession(world.app, started.token, { lab: true })
  await account(world, tenantId, caller.person.id, `U${role.toUpperCase()}`)
  return {
    name: role,
    roles: [role],
    scopes: scopesOf(caller.person),
    isService: false,
    as: { cookie: `suture_session=${started.token}`, csrf: session?.csrfToken ?? '' },
  }
}

const account = (world: ChatWorld, tenantId: string, personId: string, user: string) =>
  world.read(
    (tx) =>
      tx.db
        .insertInto('identity')
        .values({
          tenant_id: tenantId,
          provider: 'slack',
          external_id: `${tenantId === testTenant ? 'T1' : 'T2'}:${user}`,
          person_id: personId,
          linked_at: tx.now,
          roles: [],
        })
        .execute(),
    tenantId,
  )

const service = async (world: ChatWorld, scope: Scope): Promise<Asker> => {
  const maker = await world.caller('Maker', ['admin'])
  const { person: robot } = await world.caller(`Robot-${scope}`, ['admin'])
  await world.read((tx) =>
    tx.db.updateTable('person').set({ kind: 'service_account' }).where('id', '=', robot.id).execute(),
  )
  const { key } = good(
    await createKey(world.app, maker, { name: scope, scopes: [scope], personId: robot.id }),
  )
  return { name: `service ${scope}`, roles: ['admin'], scopes: [scope], isService: true, as: key }
}

let made = 0

const subjectsOf = async (world: ChatWorld, tenantId: string): Promise<Subjects> => {
  const { app } = world
  made += 1
  const root = await world.caller('Root', ['admin'], tenantId)
  const requester = await world.caller('Requester', ['responder'], tenantId)
  const writer = createIngestWriter(app)
  const proposed = async (playbook: string) => {
    const alerts = [anAlert({ service: world.take().name })]
    const [incident = ''] = (await writer.ingest({ tenantId, source: 'alertmanager', alerts, keptAside: [] }))
      .incidents
    await healIncident(app, tenantId, incident)
    const proposal = await world.read(
      (tx) =>
        tx.db
          .selectFrom('proposal')
          .select('id')
          .where('incident_id', '=', incident)
          .where('playbook', '=', playbook)
          .executeTakeFirstOrThrow(),
      tenantId,
    )
    return { incident, proposal: proposal.id }
  }
  const requested = async () => {
    const { proposal } = await proposed('two-steps')
    return good(await requestRun(app, requester, proposal))
  }
  const { incident, proposal } = await proposed('two-steps')
  const waiting = await requested()
  const unknown = await requested()
  await world.read(async (tx) => {
    await tx.db
      .updateTable('approval_request')
      .set({ status: 'canceled', decided_at: tx.now })
      .where('id', '=', unknown.requestId ?? '')
      .execute()
    await tx.db
      .updateTable('run')
      .set({ status: 'unknown', finished_at: tx.now, cause: 'lost_worker' })
      .where('id', '=', unknown.runId)
      .execute()
  }, tenantId)
  const someone = await world.caller(`Someone-${made}`, ['responder'], tenantId)
  await account(world, tenantId, someone.person.id, `USOMEONE${made}`)
  await comeBack(app, root)
  const delegation = good(await setDelegation(app, root, { to: 'person_dan', until: '2h' }))
  const freeze = good(await setFreeze(app, root, { what: 'plain-80', until: '2h', reason: 'matrix' }))
  const silence = good(
    await setSilence(app, root, {
      kind: 'silence',
      matchers: [{ label: 'service', operator: '=', value: 'plain-80' }],
      until: '2h',
      reason: 'matrix',
    }),
  )
  const glass = good(
    await openBreakGlass(app, root, { service: `plain-${80 - made}`, reason: 'matrix', forMs: 600_000 }),
  )
  const key = good(await createKey(app, root, { name: 'matrix', scopes: ['read'] }))
  return {
    incident,
    proposal,
    editable: (await proposed('sized')).proposal,
    request: waiting.requestId ?? '',
    run: waiting.runId,
    cancelable: (await requested()).runId,
    unknownRun: unknown.runId,
    freeze: freeze.id,
    delegation: delegation.id,
    silence: silence.id,
    glass: glass.id,
    person: someone.person.id,
    key: key.id,
  }
}

export const good = <T>(value: T | Rejection): T => {
  if (isRejection(value)) throw new Error(`${value.code}: ${value.detail}`)
  return value
}

/** As the app gets them from whatever they came by. */
export const callerOf = (asker: Asker): Caller => ({
  tenantId: testTenant,
  person: {
    id: `person_${asker.isService ? 'robot' : 'matrix'}-${asker.isService ? asker.scopes.join() : asker.name}`,
    name: asker.name,
    kind: asker.isService ? 'service_account' : 'human',
    roles: asker.roles,
  },
  via: asker.isService ? 'key' : 'console',
  scopes: asker.scopes,
})

/** Ids of the same kinds that nothing has. */
export const missing = (subjects: Subjects): Subjects => {
  const none = Object.entries(subjects).map(([kind, id]) => [
    kind,
    kind === 'key' ? '0123456789ab' : `${id.replace(/\d+$/, '')}987654321`,
  ])
  return Object.fromEntries(none) as Subjects
}

const fingerprints = async (
  pool: ReturnType<typeof ownerPool>,
  except: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  )
  const text = rows
    .filter(({ name }) => !except.includes(name))
    .map(
      ({ name }) =>
        `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(ctid::text || xmin::text, ',' order by ctid)), '') as rows from "${name}"`,
    )
    .join(' union all ')
  const found = await pool.query<{ name: string; rows: string }>(text)
  return Object.fromEntries(found.rows.map((row) => [row.name, row.rows]))
}
