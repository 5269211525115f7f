import type { Caller, Person } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { countsOf, type SelfCheckResult, type SelfTest, verdictOf } from '../../domain/self-test.ts'
import { inTenant } from '../../storage/database.ts'
import { claimSelfTest, endSelfTest, noteDone, readSelfTestRow } from '../../storage/self-test.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { performCheck, type SelfCheck } from './check.ts'
import { selfChecks } from './checks.ts'

/** Whoever claimed one and died keeps nobody from the next for longer than this; a live one ends long before. */
const longestMs = 15_000

export interface SelfTestOptions {
  readonly checks?: readonly SelfCheck[]
  /** Of each check. */
  readonly limitMs?: number
}

/**
 * Looks at everything that Suture needs, all at once, and keeps the report. One at a time in a tenant: who asks while one goes on
 * gets that one, as far as it is. Nothing but the report and its audit entry is left behind.
 */
export const runSelfTest = async (
  app: App,
  { tenantId, person, scopes }: Pick<Caller, 'tenantId' | 'person' | 'scopes'>,
  options: SelfTestOptions = {},
): Promise<SelfTest | Rejection> => {
  const checks = options.checks ?? selfChecks({ app, tenantId, facts: app.processFacts?.() ?? null })
  const begun = await begin(app, tenantId, person, scopes, checks.length)
  if (begun.kind !== 'begun') return begun.kind === 'refused' ? begun.rejection : begun.test
  const progress = createProgress(app, tenantId, begun.claim)
  const results = await Promise.all(
    checks.map(async (check) => {
      const result = await performCheck(app, check, options.limitMs)
      progress.step()
      return result
    }),
  )
  await progress.told()
  return end(app, tenantId, person, begun.claim, results)
}

/** The one that goes on, or else the last one. */
export const readSelfTest = (app: Pick<App, 'store'>, tenantId: string): Promise<SelfTest> =>
  inTenant(app.store, tenantId, readSelfTestRow, { readOnly: true })

type Begun =
  | { readonly kind: 'begun'; readonly claim: string }
  | { readonly kind: 'under_way'; readonly test: SelfTest }
  | { readonly kind: 'refused'; readonly rejection: Rejection }

const begin = (
  app: App,
  tenantId: string,
  person: Person,
  scopes: Caller['scopes'],
  total: number,
): Promise<Begun> =>
  commit(app, tenantId, async (tx, out): Promise<Begun> => {
    const standing = await standingNow(app, tx, person.id)
    const forbidden = refuseWithout(
      app,
      person,
      standing,
      ['responder', 'approver', 'admin'],
      reject(
        'forbidden',
        `${person.name} may not run the tests.`,
        'Ask someone with the role responder, approver or admin. Everybody sees the last report.',
      ),
    )
    const rejection =
      forbidden ??
      (scopes.includes('respond')
        ? null
        : reject('forbidden', 'This key or session lacks the scope respond.', 'Use a key that has it.'))
    if (rejection !== null) {
      refused(out, { actor: person.id, subject: tenantId, command: 'self_test' }, rejection)
      return { kind: 'refused', rejection }
    }
    const claim = app.ids.uuid()
    const claimed = await claimSelfTest(tx, { claim, personId: person.id, total, longestMs })
    if (!claimed) return { kind: 'under_way', test: await readSelfTestRow(tx) }
    out.changed('self_test', claim)
    return { kind: 'begun', claim }
  })

/** One at a time, and only the newest: what is told on the way must not keep a check from a connection. */
const createProgress = (app: App, tenantId: string, claim: string) => {
  let done = 0
  let noted = 0
  let telling: Promise<unknown> = Promise.resolve()
  const note = async (): Promise<void> => {
    if (noted === done) return
    noted = done
    try {
      await inTenant(app.store, tenantId, (tx) => noteDone(tx, claim, noted), { volatile: true })
    } catch (error) {
      app.log.warn({ error: String(error) }, 'how far a self-test is could not be told')
    }
  }
  return {
    step: () => {
      done += 1
      telling = telling.then(note)
    },
    told: () => telling,
  }
}

const end = (
  app: App,
  tenantId: string,
  person: Person,
  claim: string,
  results: readonly SelfCheckResult[],
): Promise<SelfTest> =>
  commit(app, tenantId, async (tx, out) => {
    await endSelfTest(tx, claim, results)
    const test = await readSelfTestRow(tx)
    out.audit({
      event: 'self_test_run',
      actor: person.id,
      subject: tenantId,
      details: {
        verdict: verdictOf({ ...test, checks: results }),
        ...countsOf({ checks: results }),
        failed_checks: results.filter(({ status }) => status === 'fail').map(({ name }) => name),
      },
    })
    out.changed('self_test', claim)
    return test
  })
