import type { Action } from '../action.ts'

/** Ends the service and starts it anew. What it held in memory is gone, and nothing brings it back. */
export const restartService: Action = {
  name: 'restart_service',
  title: 'Restart the service',
  impact: 'medium',
  reversibility: 'none',
  undoneBy: null,
  probe: 'target',
  parameters: {},
  effect: 'changes_target',
}
