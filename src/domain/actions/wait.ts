import type { Action } from '../action.ts'

/** Lets time pass between steps. It needs no target. */
export const wait: Action = {
  name: 'wait',
  title: 'Wait',
  impact: 'low',
  reversibility: 'not_needed',
  undoneBy: null,
  probe: 'none',
  parameters: { seconds: { type: 'integer', title: 'Seconds', min: 1, max: 600 } },
  say: ({ seconds }) => {
    const values = `${String(seconds)} ${seconds === 1 ? 'second' : 'seconds'}`
    return { whole: `Wait ${values}`, values }
  },
  effect: 'reads_only',
}
