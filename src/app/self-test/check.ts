import { fails, type SelfCheckResult, type SelfFinding } from '../../domain/self-test.ts'
import type { App } from '../app.ts'
import type { ProcessFacts } from './process-facts.ts'

/** One thing that a self-test looks at. */
export interface SelfCheck {
  /** As it stands on the card. */
  readonly name: string
  /** What it shows when it passes. */
  readonly shows: string
  /** Throws when what it looks at does not work; that is a finding like any other. */
  readonly look: (signal: AbortSignal) => Promise<SelfFinding>
}

export interface SelfTestScope {
  readonly app: App
  readonly tenantId: string
  /** Null in a process that says nothing of itself. */
  readonly facts: ProcessFacts | null
}

/** A check that takes longer is a fail. All go on at once, so that is as long as the whole takes. */
export const checkLimitMs = 2_000

/** Never throws, and never takes longer than its time, whatever the check does. */
export const performCheck = async (
  { clock }: Pick<App, 'clock'>,
  check: SelfCheck,
  limitMs = checkLimitMs,
): Promise<SelfCheckResult> => {
  const began = clock.monotonicMs()
  const late = Promise.withResolvers<SelfFinding>()
  const aborting = new AbortController()
  const timer = setTimeout(() => {
    aborting.abort()
    const silent = fails(`no answer within ${limitMs / 1_000} s`, lookFurther)
    // A check that heeds the signal says better what did not come.
    setImmediate(() => late.resolve(silent))
  }, limitMs)
  const found = await Promise.race([lookSafely(check, aborting.signal), late.promise])
  clearTimeout(timer)
  const { name, shows } = check
  return { name, shows, ...found, durationMs: Math.round(clock.monotonicMs() - began) }
}

const lookFurther = 'Look at the health page and at the log, then ask for the tests again.'

const lookSafely = async (check: SelfCheck, signal: AbortSignal): Promise<SelfFinding> => {
  try {
    return await check.look(signal)
  } catch (error) {
    return fails(error instanceof Error ? error.message : String(error), lookFurther)
  }
}
