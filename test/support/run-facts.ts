import fc from 'fast-check'
import { recoveries } from '../../src/domain/learning.ts'
import { checkId, type RunFacts } from '../../src/domain/next-move.ts'
import { activeRunStatuses, runCauses } from '../../src/domain/run.ts'
import { stepStatuses } from '../../src/domain/step.ts'

/** Rows as they could ever stand, and many as they never should: rules must be safe on all of them. */
const ids = ['one', 'two', 'three'] as const

const anyUnits = fc
  .tuple(
    ...ids.map((id) =>
      fc.record({ canUndo: fc.boolean(), hasCheck: fc.boolean() }).map((all) => ({ id, title: id, ...all })),
    ),
  )
  .chain((units) => fc.integer({ min: 1, max: 3 }).map((count) => units.slice(0, count)))

const anySteps = fc.uniqueArray(
  fc.oneof(
    fc.record({
      stepId: fc.constantFrom(...ids),
      phase: fc.constantFrom('action' as const, 'rollback' as const),
      status: fc.constantFrom(...stepStatuses),
    }),
    fc.record({
      stepId: fc.constantFrom(...ids.map(checkId)),
      phase: fc.constant('verify' as const),
      status: fc.constantFrom(...stepStatuses),
    }),
  ),
  { selector: ({ stepId, phase }) => `${stepId}/${phase}`, maxLength: 9 },
)

export const anyFacts: fc.Arbitrary<RunFacts> = fc.record({
  status: fc.constantFrom(...activeRunStatuses),
  cause: fc.option(fc.constantFrom(...runCauses)),
  reason: fc.constantFrom('', 'it began so'),
  units: anyUnits,
  lastStage: fc.boolean(),
  steps: anySteps,
  stopped: fc.constantFrom(null, 'timed_out' as const, 'canceled' as const),
  recovery: fc.option(fc.constantFrom(...recoveries)),
  resumed: fc.boolean(),
  service: fc.constant('checkout'),
})
