import { isRejection } from '../../domain/rejection.ts'
import type { FreezeFact } from '../../query/answer.ts'
import type { About, Query } from '../../query/query.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { votesOfRequest } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { asDomain } from '../approval/lock-request.ts'
import { whoMayDecide } from '../approval/who-may-decide.ts'
import { governanceOf } from '../policy-facts.ts'
import { listBreakGlasses } from '../read/break-glass.ts'
import { type FreezeView, listFreezes, readWindows, type WindowsView } from '../read/calendar.ts'
import { modesIn } from '../read/modes.ts'
import { readPolicyInForce } from '../read/policy.ts'
import { runFacts } from './facts.ts'
import { findScope, runsInScope } from './find-scope.ts'
import type { Reading } from './reading.ts'

const mostServices = 15

const freezeFact = ({ id, what, from, until, reason }: FreezeView): FreezeFact => ({
  id,
  what,
  from: Temporal.Instant.from(from),
  until: Temporal.Instant.from(until),
  reason,
})

const instantOf = (text: string | null): Temporal.Instant | null =>
  text === null ? null : Temporal.Instant.from(text)

/** The service that is asked about, of a record the one of its incident; null is all, undefined is none there. */
export const serviceAsked = async (
  app: App,
  tenantId: string,
  about: About,
): Promise<string | null | undefined> => {
  if (about.kind === 'everything') return null
  if (about.kind === 'service') return about.name
  const scope = await inTenant(app.store, tenantId, (tx) => findScope(tx, about), { readOnly: true })
  return scope?.incident.service ?? undefined
}

const windowsAsked = async (app: App, tenantId: string, service: string | null) => {
  const found = await readWindows(app, tenantId, {
    ...(service === null ? {} : { service }),
    limit: mostServices,
  })
  return isRejection(found) ? null : found
}

export const readNextAllowed = async (
  app: App,
  tenantId: string,
  query: Extract<Query, { subject: 'next_allowed' }>,
): Promise<Reading | null> => {
  const service = await serviceAsked(app, tenantId, query.about)
  if (service === undefined) return null
  const [windows, all, { emergency_stop: emergencyStop }] = await Promise.all([
    windowsAsked(app, tenantId, service),
    listFreezes(app, tenantId),
    inTenant(app.store, tenantId, governanceOf, { readOnly: true, eager: true }),
  ])
  if (windows === null) return null
  const ofPlaybook =
    query.playbook === null ? [] : all.filter(({ what }) => what.toLowerCase().includes(query.playbook ?? ''))
  return {
    found: {
      subject: 'next_allowed',
      services: windows.items.map((each) => ({
        service: each.service,
        open: each.open,
        changesAt: instantOf(each.changesAt),
        frozenUntil: instantOf(each.frozenUntil),
        windows: each.windows,
      })),
      freezes: ofPlaybook.map(freezeFact),
      emergencyStop,
    },
    records: ['the policy in force', ...all.map(({ id }) => id)],
    missing: windows.next === null ? null : `the first ${mostServices} services are shown`,
  }
}

export const readGovernanceAsked = async (
  app: App,
  tenantId: string,
  query: Extract<Query, { subject: 'governance' }>,
): Promise<Reading | null> => {
  const service = await serviceAsked(app, tenantId, query.about)
  if (service === undefined) return null
  const of = (
    lines: readonly string[],
    records: readonly string[],
    freezes: readonly FreezeFact[] = [],
  ): Reading => ({
    found: { subject: 'governance', lines, freezes },
    records,
    missing: null,
  })
  switch (query.what) {
    case 'mode':
      return of(await modeLines(app, tenantId, service), ['the modes that are set'])
    case 'freeze':
      return freezesAsked(app, tenantId, service)
    case 'windows': {
      const windows = await windowsAsked(app, tenantId, service)
      return windows === null ? null : of(windows.items.map(windowsLine), ['the policy in force'])
    }
    case 'policy': {
      const { digest, source, since, document } = await readPolicyInForce(app, tenantId)
      const rules = document.rules.map(({ id }) => id)
      return of(
        [
          source === null
            ? 'No policy file is in force; what is built in holds.'
            : `${source} is in force${since === null ? '' : `, since ${since}`} (${digest.slice(0, 12)}).`,
          rules.length === 0 ? 'It has no rules of its own.' : `Its rules: ${rules.join(', ')}.`,
          ...(service === null
            ? []
            : [`Which of them match depends on the proposal; /heal why says it of one on ${service}.`]),
        ],
        [`policy ${digest.slice(0, 12)}`],
      )
    }
    case 'break_glass': {
      const glasses = (await listBreakGlasses(app, tenantId)).filter(
        (glass) =>
          glass.state !== 'reviewed' &&
          (service === null || glass.service === null || glass.service === service),
      )
      return of(
        glasses.length === 0
          ? ['No glass is broken, and none waits for its review.']
          : glasses.map(
              ({ id, service: on, state, openedBy, until, reason }) =>
                `${id} on ${on ?? 'all services'} is ${state}, opened by ${openedBy.name} until ${until}: ${reason}`,
            ),
        glasses.map(({ id }) => id),
      )
    }
  }
}

const modeLines = async (app: App, tenantId: string, service: string | null): Promise<string[]> => {
  const modes = await inTenant(app.store, tenantId, (tx) => modesIn(app, tx, { service, playbook: null }))
  const stop = modes.emergencyStop ? ['The emergency stop is on: nothing may run.'] : []
  if (modes.holds !== null)
    return [
      ...stop,
      `Mode ${modes.holds.mode} holds for ${service ?? ''}. ${modes.holds.why.join(' ')}`.trim(),
    ]
  return [
    ...stop,
    `Mode ${modes.mode} holds where nothing else is set.`,
    ...modes.settings.map(
      ({ scope, name, mode, setBy }) => `${scope} ${name}: ${mode}, set by ${setBy.name}.`,
    ),
  ]
}

const windowsLine = ({ service, windows, open, timeZone }: WindowsView): string =>
  `${service}: ${windows.length === 0 ? 'no window' : windows.join(', ')} (${timeZone}); ${open ? 'open' : 'closed'} now.`

/** Those that close the service; of one service asked about also until when. */
const freezesAsked = async (app: App, tenantId: string, service: string | null): Promise<Reading> => {
  const all = await listFreezes(app, tenantId)
  const windows = service === null ? null : await windowsAsked(app, tenantId, service)
  const until = windows?.items[0]?.frozenUntil ?? null
  const lines =
    service === null
      ? all.length === 0
        ? ['There is no freeze, and none is planned.']
        : []
      : [until === null ? `${service} is not frozen now.` : `${service} is frozen until ${until}.`]
  return {
    found: { subject: 'governance', lines, freezes: all.map(freezeFact) },
    records: all.map(({ id }) => id),
    missing: null,
  }
}

const mostPeople = 12

/** Of a request that waits those who could decide it now; else whoever may approve by role. */
export const readWhoCan = async (
  app: App,
  tx: Tx,
  query: Extract<Query, { subject: 'who_can' }>,
): Promise<Reading | null> => {
  const { about } = query
  const scope = about.kind === 'everything' ? null : await findScope(tx, about)
  if (scope === null && about.kind !== 'service' && about.kind !== 'everything') return null
  const runs = scope === null ? [] : await runFacts(tx, await runsInScope(tx, scope))
  const waiting = runs.find(({ request }) => request?.status === 'pending')?.request ?? null
  const row =
    waiting === null
      ? undefined
      : await tx.db
          .selectFrom('approval_request')
          .selectAll()
          .where('tenant_id', '=', tx.tenantId)
          .where('id', '=', waiting.id)
          .executeTakeFirst()
  const governance = await governanceOf(tx)
  const asked =
    row === undefined
      ? { quorum: 1, approverRoles: governance.approver_roles, requiredRoles: [], requiredGroups: [] }
      : asDomain(row)
  const { people, others } = await whoMayDecide(
    app,
    tx,
    {
      asked,
      requesterId: row?.requester_id ?? '',
      votes: row === undefined ? [] : await votesOfRequest(tx, row.id),
      onShift: [],
    },
    mostPeople,
  )
  return {
    found: {
      subject: 'who_can',
      people: people.map(({ id, name }) => ({ id, name })),
      others,
      roles: asked.approverRoles,
      request: waiting,
    },
    records: waiting === null ? ['the roles of everybody'] : [waiting.id],
    missing: others
      ? `the first ${mostPeople} are named`
      : waiting === null
        ? 'a policy rule may ask for other roles once something is requested'
        : null,
  }
}
