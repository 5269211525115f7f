import type { Action } from '../action.ts'

/** Closes open circuit breakers, so that calls are tried again. They open by themselves when those fail. */
export const flushCircuits: Action = {
  name: 'flush_circuits',
  title: 'Close circuit breakers',
  impact: 'low',
  reversibility: 'none',
  undoneBy: null,
  probe: 'target',
  parameters: {
    circuit: {
      type: 'string',
      title: 'Circuit, or * for all',
      maxLength: 100,
      pattern: '\\*|[A-Za-z0-9][A-Za-z0-9._-]*',
      default: '*',
    },
  },
  say: ({ circuit }) =>
    circuit === '*'
      ? { whole: 'Close all open circuits', values: 'all circuits' }
      : { whole: `Close the circuit ${String(circuit)}`, values: String(circuit) },
  effect: 'changes_target',
}
