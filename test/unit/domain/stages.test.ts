import { describe, expect, it } from 'vitest'
import { refusePermit } from '../../../src/domain/permit.ts'
import type { PlannedStep } from '../../../src/domain/proposal.ts'
import {
  gateBefore,
  isLastStage,
  stageInWords,
  stagesOf,
  standsInWords,
  stepsOfStage,
} from '../../../src/domain/stages.ts'

const step = (id: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  id,
  title: `Do ${id}`,
  action: 'wait',
  parameters: {},
  undo: `Undo ${id}`,
  ...more,
})
const gate = { title: 'Go on?' }
const plan = [
  step('one'),
  step('two', { undo: null }),
  step('three', { gate }),
  step('four', { undo: 'Nothing to undo' }),
  step('five', { gate: { title: 'Still?', quorum: 2 } }),
]

describe('stages', () => {
  it('G8 a gate begins a stage, and a plan without gates is one', () => {
    expect(stagesOf(plan).map((stage) => stage.map(({ id }) => id))).toEqual([
      ['one', 'two'],
      ['three', 'four'],
      ['five'],
    ])
    expect(stagesOf([step('one'), step('two')])).toHaveLength(1)
    expect(gateBefore(plan, 0)).toBeNull()
    expect(gateBefore(plan, 2)).toEqual({ title: 'Still?', quorum: 2 })
    expect([0, 1, 2].map((stage) => isLastStage(plan, stage))).toEqual([false, false, true])
    expect(stepsOfStage(plan, 3)).toEqual([])
    expect(stageInWords({ stage: 1, stages: 3 })).toBe('stage 2 of 3')
    expect(stageInWords({ stage: 0, stages: 1 })).toBeNull()
  })

  it('G8 what stands is told with how to undo it, last first, and with what cannot be undone', () => {
    expect(standsInWords(plan, 0)).toBe('')
    expect(standsInWords(plan, 1)).toBe(
      "Stage 1 stands: “Do one”, “Do two”. Nothing of it is undone. To undo it by hand, in this order: “Undo one”. “Do two” can't be undone.",
    )
    expect(standsInWords(plan, 2)).toBe(
      "Stages 1 to 2 stand: “Do one”, “Do two”, “Do three”, “Do four”. Nothing of it is undone. To undo it by hand, in this order: “Undo three”, “Undo one”. “Do two” can't be undone.",
    )
  })

  it('G8 a permit of one stage is refused for another', () => {
    const about = {
      runId: 'run-8',
      stage: 1,
      proposalDigest: 'a',
      playbookDigest: 'b',
      parametersDigest: 'c',
      targets: ['test/checkout'],
    }
    const now = Temporal.Instant.from('2026-11-22T10:00:00Z')
    const permit = {
      ...about,
      id: 'permit-1',
      status: 'issued' as const,
      approverIds: ['ada'],
      policyVersion: '1',
      expiresAt: now.add({ minutes: 5 }),
    }
    expect(refusePermit(permit, about, now)).toBeNull()
    expect(refusePermit({ ...permit, stage: 0 }, about, now)).toMatchObject({ code: 'permit' })
  })
})
