import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { SelfTest } from '../../domain/self-test.ts'
import type { Query } from '../../query/query.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { proveAbout } from '../audit/prove.ts'
import { readAudit, seesAllEntries } from '../audit/read-audit.ts'
import { focusNow } from '../read/focus.ts'
import { readScheduler } from '../read/scheduler.ts'
import { startSelfTest } from '../self-test/run-self-test.ts'
import { findScope } from './find-scope.ts'
import { fileOfProof, noChange, type Reading, unanswerable } from './reading.ts'
import { resolveWhen } from './when.ts'

/** What is on record, its proof, and what Suture says of itself. */

const mostEntries = 25

export const readRecorded = async (
  app: App,
  caller: Caller,
  query: Extract<Query, { subject: 'audit' }>,
  amongOthers: boolean,
): Promise<Reading | null> => {
  const { about, person } = query
  const place = await inTenant(
    app.store,
    caller.tenantId,
    async (tx) => ({
      when: await resolveWhen(tx, query.when),
      scope: about.kind === 'everything' || about.kind === 'service' ? null : await findScope(tx, about),
    }),
    { readOnly: true },
  )
  if (place.when === null) return noChange(query.when)
  if (place.scope === null && about.kind !== 'everything' && about.kind !== 'service') return null
  const page = await readAudit(app, caller, {
    actor: person ?? undefined,
    service: about.kind === 'service' ? about.name : undefined,
    incident: place.scope?.incident.id,
    from: place.when.span?.from,
    to: place.when.span?.to,
    after: undefined,
    limit: mostEntries,
    amongOthers,
  })
  if (isRejection(page)) return unanswerable(page.detail, page.remedy)
  const left = [
    page.next === null ? null : `the newest ${mostEntries} entries; the console has the others`,
    place.scope?.whole === false ? `it is everything of ${place.scope.incident.id}` : null,
    notShown(caller, amongOthers),
  ].filter((each) => each !== null)
  return {
    found: {
      subject: 'audit',
      entries: page.items.map(({ at, text }) => ({ at: Temporal.Instant.from(at), text })),
    },
    records: [...place.when.records, ...page.items.map(({ leafHash }) => `audit ${leafHash.slice(0, 8)}`)],
    missing: left.length === 0 ? null : left.join('; '),
  }
}

/** An answer that others read along must not tell them what only an admin may see. */
const notShown = (caller: Caller, amongOthers: boolean): string | null => {
  if (!seesAllEntries(caller)) return 'what others did outside of incidents is shown to admins alone'
  return amongOthers
    ? 'what others did outside of incidents is not told where others read along: ask by /heal, or see the audit log'
    : null
}

export const readProof = async (
  app: App,
  caller: Caller,
  query: Extract<Query, { subject: 'proof' }>,
): Promise<Reading> => {
  const { about } = query
  if (about.kind === 'everything' || about.kind === 'service')
    return unanswerable('A proof is of one incident, run or request.', 'Name one, such as “proof for run-1”.')
  const proved = await proveAbout(app, caller, about.id)
  if (isRejection(proved)) return unanswerable(proved.detail, proved.remedy)
  return {
    found: { subject: 'proof', about: proved.about, sentence: proved.sentence, file: proved.fileName },
    records: [`${proved.entries} entries of the log, which counts ${proved.size}`],
    missing: proved.complete ? null : 'some of its entries are not sealed yet',
    file: fileOfProof(proved),
  }
}

/** Told how a self-test goes on, by the answer as it is then; and when nothing more comes. */
export interface SelfTestWatch {
  readonly step: (reading: Reading) => void
  readonly end: () => void
}

/** Runs one, as `/heal test` does, with the rights of whoever asks. Who watches has the answer as soon as it has begun. */
export const readSelfTestAsked = async (
  app: App,
  caller: Caller,
  watch: SelfTestWatch | null,
): Promise<Reading> => {
  const started = await startSelfTest(app, caller, {
    onStep: (test) => watch?.step(selfTestReading(test)),
  })
  if (isRejection(started)) return unanswerable(started.detail, started.remedy)
  const { test, ended } = started
  if (watch === null || ended === null) return selfTestReading((await ended) ?? test)
  void ended
    .then((whole) => watch.step(selfTestReading(whole)))
    .catch((error: unknown) => app.log.error({ error }, 'a self-test did not come to its end'))
    .finally(watch.end)
  return selfTestReading(test)
}

const selfTestReading = (test: SelfTest): Reading => ({
  found: { subject: 'self_test', test },
  records: ['the report of the self-test'],
  missing: null,
})

export const readFocusAsked = (app: App, tenantId: string): Promise<Reading> =>
  inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const { distress, recommendations, incidents } = await focusNow(app, tx)
      return {
        found: { subject: 'focus', score: distress.score, recommendations },
        records: incidents.map(({ id }) => id),
        missing: null,
      }
    },
    { readOnly: true },
  )

export const readSchedulerAsked = async (app: App, tenantId: string): Promise<Reading> => {
  const now = await readScheduler(app, tenantId)
  const reasons = Object.entries(now.skippedByReason).map(
    ([reason, times]) => `${times} for ${reason.replaceAll('_', ' ')}`,
  )
  return {
    found: {
      subject: 'scheduler',
      lines: [
        `It ${now.running ? 'runs' : 'does not run'}, looking every ${now.pollIntervalSeconds} s; mode ${now.mode}${now.emergencyStop ? ', and the emergency stop is on' : ''}.`,
        `${now.proposed} proposals were made and ${now.skipped} were not${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}.`,
        `At most ${now.mostPerHour} an hour for one service; ${now.services.length} services had some lately.`,
        ...(now.backOffs.length === 0
          ? ['Nothing backs off.']
          : now.backOffs.map(
              ({ service, diagnosis, failures, until }) =>
                `${service} (${diagnosis}) backs off until ${until.toString({ smallestUnit: 'second' })}, after ${failures} failures.`,
            )),
      ],
    },
    records: ['the counters of the scheduler'],
    missing: null,
  }
}
