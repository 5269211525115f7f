import type { Action } from '../action.ts'

/** Lets time pass between steps. It needs no target. */
export const wait: Action = {
  name: 'wait',
  title: 'Wait',
  impact: 'low',
  reversibility: 'not_needed',
  parameters: { seconds: { type: 'integer', title: 'Seconds', min: 1, max: 600 } },
  effect: 'reads_only',
}
