/** What a self-test finds: each check has passed, failed, or has nothing to look at here. */

export const selfCheckStates = ['pass', 'fail', 'not_here'] as const
export type SelfCheckState = (typeof selfCheckStates)[number]

export interface SelfFinding {
  readonly status: SelfCheckState
  /** One sentence for people, without secrets. */
  readonly detail: string
  /** What to do about it; empty when there is nothing to do. */
  readonly remedy: string
}

export interface SelfCheckResult extends SelfFinding {
  readonly name: string
  /** What it shows when it passes. */
  readonly shows: string
  readonly durationMs: number
}

export interface SelfTest {
  /** Null when nobody has ever asked for one. */
  readonly startedAt: Temporal.Instant | null
  /** Null while it goes on. */
  readonly endedAt: Temporal.Instant | null
  readonly by: { readonly id: string; readonly name: string } | null
  readonly done: number
  readonly total: number
  /** Of one that has ended, in the order in which they are told; while it goes on, as far as whoever performs it says. */
  readonly checks: readonly SelfCheckResult[]
  /** Names of the checks that are not done yet; absent where nobody says. */
  readonly waiting?: readonly string[]
}

export const passes = (detail: string): SelfFinding => ({ status: 'pass', detail, remedy: '' })
export const fails = (detail: string, remedy: string): SelfFinding => ({ status: 'fail', detail, remedy })
export const notHere = (detail: string): SelfFinding => ({ status: 'not_here', detail, remedy: '' })

export interface SelfTestCounts {
  readonly passed: number
  readonly failed: number
  readonly notHere: number
}

export const countsOf = ({ checks }: Pick<SelfTest, 'checks'>): SelfTestCounts => {
  const of = (state: SelfCheckState): number => checks.filter(({ status }) => status === state).length
  return { passed: of('pass'), failed: of('fail'), notHere: of('not_here') }
}

export type SelfTestVerdict = 'never' | 'running' | 'pass' | 'fail'

/** Default deny: a test in which nothing was looked at shows nothing, so it has not passed. */
export const verdictOf = (test: SelfTest): SelfTestVerdict => {
  if (test.startedAt === null) return 'never'
  if (test.endedAt === null) return 'running'
  const { passed, failed } = countsOf(test)
  return failed === 0 && passed > 0 ? 'pass' : 'fail'
}
