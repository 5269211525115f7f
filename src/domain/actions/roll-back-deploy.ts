import type { Action } from '../action.ts'

/**
 * Puts back what ran before the last deploy. Once more would lead to another version, or further back: which one depends on
 * what was deployed meanwhile, so nothing here undoes it.
 */
export const rollBackDeploy: Action = {
  name: 'roll_back_deploy',
  title: 'Roll back the last deploy',
  impact: 'high',
  reversibility: 'none',
  undoneBy: null,
  probe: 'target',
  parameters: {},
  effect: 'changes_target',
}
