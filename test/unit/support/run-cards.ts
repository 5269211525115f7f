import type { RunCardInput } from '../../../src/message/run-card.ts'
import { stepsInWords } from '../../../src/message/run-steps.ts'
import { at } from './evidence.ts'

/** Builders of what a run's card is drawn from. */

export const planned = [
  { id: 'one', title: 'One' },
  { id: 'two', title: 'Two' },
]
export const execution = (
  stepId: string,
  phase: 'action' | 'rollback' | 'verify',
  status: 'intent' | 'succeeded' | 'failed' | 'unknown',
) => ({
  stepId,
  phase,
  status,
  startedAt: at(),
  finishedAt: status === 'intent' ? null : at('2026-06-01T10:00:02Z'),
})
export const run = (
  over: Partial<RunCardInput['run']> = {},
  more: Partial<RunCardInput> = {},
): RunCardInput => ({
  run: {
    id: 'run-7',
    incidentId: 'inc-42',
    service: 'checkout',
    status: 'running',
    cause: null,
    startedAt: at(),
    finishedAt: null,
    deadline: at('2026-06-01T10:10:00Z'),
    ...over,
  },
  playbookTitle: 'Restart the service',
  steps: stepsInWords(
    planned,
    [execution('one', 'action', 'succeeded'), execution('two', 'action', 'intent')],
    over.status ?? 'running',
  ),
  outputTail: 'stopping\nstarting\n',
  waiting: null,
  tokens: { cancel: 'token-cancel' },
  ...more,
})
