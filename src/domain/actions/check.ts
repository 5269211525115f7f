import type { Action } from '../action.ts'

/** Asks the service's catalogued probe once; an unhealthy answer fails the step. */
export const check: Action = {
  name: 'check',
  title: 'Check the service',
  impact: 'low',
  reversibility: 'not_needed',
  undoneBy: null,
  probe: 'none',
  parameters: {},
  effect: 'reads_only',
}
