import { describe, expect, it } from 'vitest'
import { changedCall, type PlannedCall, type PlannedStep } from '../../../src/domain/proposal.ts'

const call: PlannedCall = { target: 'shop-1', call: 'POST /restart', undo: null }
const other: PlannedCall = { target: 'shop-2', call: 'POST /restart', undo: 'POST /start' }
const step = (calls?: readonly PlannedCall[]): PlannedStep => ({
  id: 'restart',
  title: 'Restart it',
  action: 'restart_service',
  parameters: {},
  undo: null,
  ...(calls === undefined ? {} : { calls }),
})

describe('what would be called, beside what was approved', () => {
  const cases: readonly [string, PlannedStep, PlannedStep[], string | null | undefined][] = [
    ['the same', step([call, other]), [step([call, other])], undefined],
    ['nothing was kept', step(), [step([call])], undefined],
    ['another call', step([call, other]), [step([call, { ...other, call: 'POST /stop' }])], 'shop-2'],
    ['another undoing', step([call, other]), [step([call, { ...other, undo: null }])], 'shop-2'],
    ['another target', step([call]), [step([{ ...call, target: 'shop-9' }])], 'shop-1'],
    ['one fewer', step([call, other]), [step([call])], 'shop-2'],
    ['one more', step([call]), [step([call, other])], 'shop-2'],
    ['the step is gone', step([call]), [], 'shop-1'],
  ]
  it.each(cases)('R8 %s', (_, approved, now, target) => {
    const changed = changedCall([approved], now)
    expect(changed?.target).toBe(target)
    if (target !== undefined) expect(changed?.step.title).toBe('Restart it')
  })
})
