import type { Action } from '../action.ts'

/** Adds or removes a few instances; the same number with the other sign undoes it. */
export const scaleInstances: Action = {
  name: 'scale_instances',
  title: 'Change the number of instances',
  impact: 'medium',
  reversibility: 'inverse',
  undoneBy: 'scale_instances',
  probe: 'target',
  parameters: {
    delta: { type: 'integer', title: 'Instances to add or remove', min: -3, max: 3, except: [0] },
  },
  say: ({ delta }) => {
    const count = Math.abs(Number(delta))
    const [verb, more] = Number(delta) > 0 ? ['Add', 'more'] : ['Remove', 'fewer']
    return { whole: `${verb} ${count} ${count === 1 ? 'instance' : 'instances'}`, values: `${count} ${more}` }
  },
  effect: 'changes_target',
}
