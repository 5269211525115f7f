import type { Action } from '../action.ts'

/** Has the service load what it is asked most; a cache filled too early does no harm. */
export const warmCache: Action = {
  name: 'warm_cache',
  title: 'Warm the cache',
  impact: 'low',
  reversibility: 'not_needed',
  undoneBy: null,
  probe: 'target',
  parameters: {},
  effect: 'changes_target',
}
