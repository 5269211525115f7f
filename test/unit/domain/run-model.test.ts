import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextMove } from '../../../src/domain/next-move.ts'
import { isTerminal, mayMoveRun } from '../../../src/domain/run.ts'
import { anyFacts } from '../../support/run-facts.ts'
import { type Command, commands, createRunModel } from '../../support/run-model.ts'

const seeds = { numRuns: 1_000 }

describe('run, permit and lock as a model', () => {
  it('R4 R7 G3 G8 no order of claims, crashes, cancels, answers at a gate and deadlines yields two executions or an end that is left', () => {
    fc.assert(
      fc.property(
        fc.record({ tells: fc.boolean(), heals: fc.boolean(), gated: fc.boolean(), fails: fc.nat(4) }),
        fc.array(commands, { maxLength: 60 }),
        (world, history: readonly Command[]) => {
          const model = createRunModel(world)
          for (const command of history) model.carryOut(command)
          model.letEverythingEnd()
          expect(model.violations()).toEqual([])
          for (const run of model.runs()) {
            expect(isTerminal(run.status)).toBe(true)
            for (const { from, to } of run.moves) expect(mayMoveRun(from, to)).toBe(true)
          }
        },
      ),
      seeds,
    )
  })

  it('R4 stopping a run never lets it do more: nothing new is begun, only undoing and ending', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom('timed_out', 'canceled'), (facts, stopped) => {
        const move = nextMove({ ...facts, stopped })
        expect(move.do === 'perform' && move.phase === 'action').toBe(false)
        expect(['check', 'verify']).not.toContain(move.do)
      }),
      seeds,
    )
  })

  it('R4 R7 whatever the rows say, a step with a result is not done again, and nothing unknown is undone by itself', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const move = nextMove(facts)
        if (move.do !== 'perform') return
        const before = facts.steps.filter((step) => step.stepId === move.stepId && step.phase === move.phase)
        expect(before).toEqual([])
        expect(facts.steps.some((step) => step.phase !== 'verify' && step.status === 'unknown')).toBe(false)
      }),
      seeds,
    )
  })

  it('R4 R6 success is said only where every step succeeded and recovery was seen, or a gate comes', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const move = nextMove(facts)
        if (move.do !== 'end' || move.status !== 'succeeded') return
        if (move.recovery === 'not_measured') {
          expect(facts).toMatchObject({ status: 'running', lastStage: false, stopped: null })
          for (const unit of facts.units)
            expect(facts.steps).toContainEqual({ stepId: unit.id, phase: 'action', status: 'succeeded' })
        } else expect(facts).toMatchObject({ status: 'verifying', recovery: 'recovered' })
      }),
      seeds,
    )
  })
})
