import type { Change } from '../../domain/change.ts'
import { dependenciesOf } from '../../domain/dependents.ts'
import type { Fact } from '../../domain/evidence.ts'
import { describeChange, minutesInWords } from '../../domain/triage/changes.ts'
import { areChangesRecorded, readChanges } from '../../storage/change.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { EvidenceSource } from '../ports.ts'

/** What was changed about a service and what it depends on before it began: the first thing anybody asks. */

/** What broke it is seldom older, and a longer list is not read. */
const hours = 6
const mostShown = 5

export const createRecentChanges = (app: Pick<App, 'store' | 'configuration' | 'clock'>): EvidenceSource => ({
  name: 'recent_changes',
  dependsOn: ({ beganAt }) => beganAt.toString(),
  gather: async (service, _signal, { tenantId, beganAt }) => {
    const began = app.clock.monotonicMs()
    const { catalogue } = await app.configuration.of(tenantId)
    const services = [service.name, ...dependenciesOf(catalogue, service.name)]
    const { changes, recorded } = await inTenant(app.store, tenantId, async (tx) => ({
      changes: await readChanges(tx, {
        services,
        since: beganAt.subtract({ hours }),
        // An id is never the empty text: what happened in the very moment it began counts too.
        before: { at: beganAt.add({ milliseconds: 1 }), id: '' },
        limit: mostCounted,
      }),
      recorded: await areChangesRecorded(tx, [service.name]),
    }))
    // Where nobody sends changes there is nothing to say, and nothing to learn from that.
    if (!recorded && changes.length === 0) return null
    const told = changes.map((change) => asTold(change, service.name, beganAt))
    return {
      source: 'recent_changes',
      subject: service.name,
      status: 'ok',
      summary: inWords(service.name, told),
      facts: { changes: changes.length, recorded, ...numbered(told.slice(0, mostShown)) },
      observedAt: app.clock.now(),
      durationMs: app.clock.monotonicMs() - began,
    }
  },
})

/** Beyond this a figure says no more than "many". */
const mostCounted = 100

interface Told extends Change {
  readonly minutesBefore: number
  readonly own: boolean
}

const asTold = (change: Change, service: string, beganAt: Temporal.Instant): Told => ({
  ...change,
  minutesBefore: Math.round(beganAt.since(change.at).total('minutes') * 10) / 10,
  own: change.service === service,
})

const inWords = (service: string, changes: readonly Told[]): string => {
  const [newest, ...others] = changes
  if (newest === undefined)
    return `Nothing of ${service} or what it depends on was changed in the ${hours} hours before.`
  const first = describeChange(newest)
  if (others.length === 0) return first
  const last = others.at(-1)
  const until = last === undefined ? '' : `, the oldest ${minutesInWords(last.minutesBefore)} before`
  return `${first} ${others.length === 1 ? 'One more change' : `${others.length} more changes`}${until}.`
}

/** As documented on `Evidence`. */
const numbered = (changes: readonly Told[]): Record<string, Fact> =>
  Object.fromEntries(
    changes.flatMap((change, index) => {
      const { service, kind, title, at, minutesBefore, own, by, version, link } = change
      const facts = { service, kind, title, at: at.toString(), minutesBefore, own, by, version, link }
      return Object.entries(facts)
        .filter(([, value]) => value !== null)
        .map(([name, value]): [string, Fact] => [`change.${index + 1}.${name}`, value])
    }),
  )
