import type { Action } from '../action.ts'

/** Keeps new pods away from a node; what runs on it stays. */
export const cordonNode: Action = {
  name: 'cordon_node',
  title: 'Stop placing new work on the node',
  impact: 'medium',
  reversibility: 'inverse',
  undoneBy: 'uncordon_node',
  probe: 'target',
  parameters: {},
  effect: 'changes_target',
}
