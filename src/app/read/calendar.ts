import type { FreezeInForce } from '../../domain/policy/calendar.ts'
import { freezeOfPolicy } from '../../domain/policy/freeze-of-policy.ts'
import { matches } from '../../domain/policy/match.ts'
import { standingHours } from '../../domain/policy/standing-hours.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Service } from '../../domain/service.ts'
import { inTenant } from '../../storage/database.ts'
import { type FreezeWithSetter, freezesInForce } from '../../storage/freeze.repository.ts'
import type { App, Configuration } from '../app.ts'
import { nearest } from '../freeze/what-to-freeze.ts'
import type { Page, PageRequest } from './page.ts'

/** What is closed and what is open, as people ask for it. */

export interface FreezeView {
  /** `frz-7`, or the id in the policy. */
  readonly id: string
  readonly what: string
  /** ISO 8601, as all times here. */
  readonly from: string
  readonly until: string
  readonly reason: string
  /** Null for one of the policy, which only its file ends. */
  readonly setBy: { readonly id: string; readonly name: string } | null
}

/** Those that are not over, the soonest to end first; one of the policy may lie ahead. */
export const listFreezes = async (app: App, tenantId: string): Promise<FreezeView[]> => {
  const { policy } = await app.configuration.of(tenantId)
  const { rows, now } = await inTenant(
    app.store,
    tenantId,
    async (tx) => ({ rows: await freezesInForce(tx), now: tx.now }),
    { readOnly: true },
  )
  const ofPolicy = policy.document.freezes
    .map((freeze) => ({ freeze, ...freezeOfPolicy(freeze, 'UTC') }))
    .filter(({ to }) => Temporal.Instant.compare(to, now) > 0)
    .map(({ freeze, id, from, to, reason }) => ({
      id,
      what: matchInWords(freeze.match),
      from: from.toString(),
      until: to.toString(),
      reason,
      setBy: null,
    }))
  return [...rows.map(freezeView), ...ofPolicy].sort((one, other) =>
    Temporal.Instant.compare(one.until, other.until),
  )
}

export const freezeView = (row: FreezeWithSetter): FreezeView => ({
  id: row.id,
  what: row.what,
  from: row.begins_at.toString(),
  until: row.ends_at.toString(),
  reason: row.reason,
  setBy: { id: row.set_by, name: row.setter },
})

const matchInWords = (match: Readonly<Record<string, readonly string[] | undefined>>): string =>
  Object.entries(match)
    .map(([part, values]) => `${part} ${(values ?? []).join(', ')}`)
    .join('; ') || 'everything'

export interface WindowsView {
  readonly service: string
  readonly timeZone: string
  /** Whether a window is open now; a freeze closes it all the same. */
  readonly open: boolean
  /** When it closes if it is open, else when it opens. */
  readonly changesAt: string | null
  readonly windows: readonly string[]
  readonly besides: readonly string[]
  readonly holiday: string | null
  readonly frozenUntil: string | null
}

export interface WindowsRequest extends PageRequest {
  /** One by name or alias; absent for all. */
  readonly service?: string | undefined
  /** Those whose name, title, alias or owner has this in it. */
  readonly search?: string | undefined
}

/** In order of name. Only what is on the page is reckoned: that costs the longer the more holidays there are. */
export const readWindows = async (
  app: App,
  tenantId: string,
  asked: WindowsRequest,
): Promise<Page<WindowsView> | Rejection> => {
  const configuration = await app.configuration.of(tenantId)
  const services =
    asked.service === undefined ? inOrder(configuration, asked) : findService(configuration, asked.service)
  if (isRejection(services)) return services
  const shown = await windowsOf(app, tenantId, configuration, services.slice(0, asked.limit))
  return { items: shown, next: services.length > asked.limit ? (shown.at(-1)?.service ?? null) : null }
}

const windowsOf = async (
  app: App,
  tenantId: string,
  { policy: { document } }: Configuration,
  services: readonly Service[],
): Promise<WindowsView[]> => {
  const { rows, now } = await inTenant(
    app.store,
    tenantId,
    async (tx) => ({ rows: await freezesInForce(tx), now: tx.now }),
    { readOnly: true },
  )
  return services.map((service) => {
    const freezes: FreezeInForce[] = [
      ...rows
        .filter((row) => closesAll(row, service))
        .map((row) => ({
          id: row.id,
          from: row.begins_at,
          to: row.ends_at,
          reason: row.reason,
          by: row.setter,
        })),
      ...document.freezes
        .filter(({ match }) =>
          matches(match, { service: service.name, playbook: '', impact: '', diagnosisCode: '' }),
        )
        .map((freeze) => freezeOfPolicy(freeze, service.timeZone)),
    ]
    const standing = standingHours(document, service, freezes, now)
    return {
      service: service.name,
      timeZone: service.timeZone,
      ...standing,
      changesAt: standing.changesAt?.toString() ?? null,
      frozenUntil: standing.frozenUntil?.toString() ?? null,
    }
  })
}

/** Whether nothing at all runs on the service; a playbook that is frozen leaves the others. */
const closesAll = (row: FreezeWithSetter, { name, owner }: Service): boolean =>
  row.playbooks === null &&
  ((row.services === null && row.owners === null) ||
    row.services?.includes(name) === true ||
    row.owners?.includes(owner) === true)

const inOrder = (
  { catalogue }: Configuration,
  { after = '', search = '' }: Pick<WindowsRequest, 'after' | 'search'>,
): Service[] => {
  const wanted = search.trim().toLowerCase()
  return catalogue.services
    .filter(
      ({ name, title, aliases, owner }) =>
        name > after &&
        [name, title ?? '', owner, ...aliases].some((each) => each.toLowerCase().includes(wanted)),
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

const findService = (configuration: Configuration, named: string): Service[] | Rejection => {
  const found = configuration.serviceOf(named) ?? configuration.serviceOf(named.toLowerCase())
  if (found !== undefined) return [found]
  const near = nearest(
    named.toLowerCase(),
    configuration.catalogue.services.flatMap(({ name, aliases }) => [name, ...aliases]),
  )
  return reject(
    'not_found',
    `There is no service “${named.slice(0, 63)}” in the catalogue.${near === null ? '' : ` Did you mean ${near}?`}`,
    'Use a name or an alias of the catalogue.',
    { facts: { field: 'service', nearest: near } },
  )
}
