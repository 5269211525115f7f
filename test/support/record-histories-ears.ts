import { vi } from 'vitest'
import type { Found } from '../../src/app/run/refuse-start.ts'
import type { Move, RunFacts } from '../../src/domain/next-move.ts'
import type { PolicyFacts } from '../../src/domain/policy/facts.ts'
import type { Verdict } from '../../src/domain/policy/verdict.ts'
import type { Rejection } from '../../src/domain/rejection.ts'
import type { Tx } from '../../src/storage/database.ts'

interface Asked {
  readonly facts: PolicyFacts
  readonly verdict: Verdict
}

/** What the code that was recorded was asked and has answered, since it was last taken. */
export interface Heard {
  made: { by: 'worker' | 'watchdog'; facts: RunFacts; move: Move }[]
  starts: { now: Temporal.Instant; found: Found; policy: Asked | null; refusal: Rejection | null }[]
  /** True while the recorder itself asks. */
  deaf: boolean
}

/** Listens at the places where it is decided. Modules that were loaded before stay deaf: load the recorder afterwards. */
export const hear = (): Heard => {
  vi.resetModules()
  const heard: Heard = { made: [], starts: [], deaf: false }
  let policy: Asked | null = null
  vi.doMock(import('../../src/domain/next-move.ts'), async (original) => {
    const real = await original()
    const note = <T extends Move>(by: 'worker' | 'watchdog', facts: RunFacts, move: T): T => {
      if (!heard.deaf) heard.made.push({ by, facts, move })
      return move
    }
    return {
      ...real,
      nextMove: (facts) => note('worker', facts, real.nextMove(facts)),
      endOverdue: (facts, budgetMs) => note('watchdog', facts, real.endOverdue(facts, budgetMs)),
    }
  })
  vi.doMock(import('../../src/domain/policy/evaluate.ts'), async (original) => {
    const real = await original()
    return {
      ...real,
      evaluatePolicy: (facts) => {
        const verdict = real.evaluatePolicy(facts)
        if (facts.moment === 'run') policy = { facts, verdict }
        return verdict
      },
    }
  })
  vi.doMock(import('../../src/app/run/refuse-start.ts'), async (original) => {
    const real = await original()
    return {
      ...real,
      refuseStart: async (app, tx: Tx, found) => {
        policy = null
        const refusal = await real.refuseStart(app, tx, found)
        heard.starts.push({ now: tx.now, found, policy, refusal })
        return refusal
      },
    }
  })
  return heard
}
