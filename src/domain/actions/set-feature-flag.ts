import type { Action } from '../action.ts'

/** Turns one feature flag on or off; the other position undoes it. */
export const setFeatureFlag: Action = {
  name: 'set_feature_flag',
  title: 'Set a feature flag',
  impact: 'medium',
  reversibility: 'inverse',
  undoneBy: 'set_feature_flag',
  probe: 'target',
  parameters: {
    flag: { type: 'string', title: 'Flag', maxLength: 100, pattern: '[A-Za-z0-9][A-Za-z0-9._-]*' },
    enabled: { type: 'boolean', title: 'Enabled' },
  },
  say: ({ flag, enabled }) => {
    const position = enabled === true ? 'on' : 'off'
    return { whole: `Turn the flag ${String(flag)} ${position}`, values: `${String(flag)} ${position}` }
  },
  effect: 'changes_target',
}
