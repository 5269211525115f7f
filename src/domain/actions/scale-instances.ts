import type { Action } from '../action.ts'

/** Adds or removes a few instances; the same number with the other sign undoes it. */
export const scaleInstances: Action = {
  name: 'scale_instances',
  title: 'Change the number of instances',
  impact: 'medium',
  reversibility: 'inverse',
  parameters: {
    delta: { type: 'integer', title: 'Instances to add or remove', min: -3, max: 3, except: [0] },
  },
  effect: 'changes_target',
}
