import type { Caller, Person } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
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
  /** Told after each check how far it is. */
  readonly onStep?: (test: SelfTest) => void
}

export interface StartedSelfTest {
  /** As it is now. */
  readonly test: SelfTest
  /** Null for one that somebody else has asked for. */
  readonly ended: Promise<SelfTest> | null
}

/**
 * Looks at everything that Suture needs, all at once, and keeps the report. One at a time in a tenant: who asks while one goes on
 * gets that one, as far as it is. Nothing but the report and its audit entry is left behind.
 */
export const runSelfTest = async (
  app: App,
  caller: Pick<Caller, 'tenantId' | 'person' | 'scopes'>,
  options: SelfTestOptions = {},
): Promise<SelfTest | Rejection> => {
  const started = await startSelfTest(app, caller, options)
  return isRejection(started) ? started : (started.ended ?? started.test)
}

/** The same, answered as soon as it has begun: for whoever shows how it goes on. */
export const startSelfTest = async (
  app: App,
  { tenantId, person, scopes }: Pick<Caller, 'tenantId' | 'person' | 'scopes'>,
  options: SelfTestOptions = {},
): Promise<StartedSelfTest | Rejection> => {
  const checks = options.checks ?? selfChecks({ app, tenantId, facts: app.processFacts?.() ?? null })
  const begun = await begin(app, tenantId, person, scopes, checks)
  if (begun.kind === 'refused') return begun.rejection
  if (begun.kind === 'under_way') return { test: begun.test, ended: null }
  const { claim, test } = begun
  const perform = async (): Promise<SelfTest> => {
    const progress = createProgress(app, tenantId, claim)
    const done = new Map<SelfCheck, SelfCheckResult>()
    const results = await Promise.all(
      checks.map(async (check) => {
        const result = await performCheck(app, check, options.limitMs)
        done.set(check, result)
        options.onStep?.(asFarAs(test, checks, done))
        progress.step()
        return result
      }),
    )
    await progress.told()
    return end(app, tenantId, person, claim, results)
  }
  const ended = perform()
  // Whoever waits for it is told; nobody has to.
  ended.catch(() => undefined)
  return { test, ended }
}

const asFarAs = (
  test: SelfTest,
  checks: readonly SelfCheck[],
  done: ReadonlyMap<SelfCheck, SelfCheckResult>,
): SelfTest => ({
  ...test,
  done: done.size,
  checks: checks.flatMap((check) => done.get(check) ?? []),
  waiting: checks.filter((check) => !done.has(check)).map(({ name }) => name),
})

/** The one that goes on, or else the last one. */
export const readSelfTest = (app: Pick<App, 'store'>, tenantId: string): Promise<SelfTest> =>
  inTenant(app.store, tenantId, readSelfTestRow, { readOnly: true })

type Begun =
  | { readonly kind: 'begun'; readonly claim: string; readonly test: SelfTest }
  | { readonly kind: 'under_way'; readonly test: SelfTest }
  | { readonly kind: 'refused'; readonly rejection: Rejection }

const begin = (
  app: App,
  tenantId: string,
  person: Person,
  scopes: Caller['scopes'],
  checks: readonly SelfCheck[],
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
    const total = checks.length
    const claimed = await claimSelfTest(tx, { claim, personId: person.id, total, longestMs })
    if (!claimed) return { kind: 'under_way', test: await readSelfTestRow(tx) }
    out.changed('self_test', claim)
    const by = { id: person.id, name: person.name }
    const begun = { startedAt: tx.now, endedAt: null, by, done: 0, total, checks: [] }
    return { kind: 'begun', claim, test: { ...begun, waiting: checks.map(({ name }) => name) } }
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
