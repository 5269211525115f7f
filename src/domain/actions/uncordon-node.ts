import type { Action } from '../action.ts'

/** Lets new pods onto a node again. */
export const uncordonNode: Action = {
  name: 'uncordon_node',
  title: 'Let the node take new work again',
  impact: 'medium',
  reversibility: 'inverse',
  undoneBy: 'cordon_node',
  probe: 'target',
  parameters: {},
  effect: 'changes_target',
}
