import type { Action } from '../action.ts'

/** Sets the log level for a while; the target goes back by itself when the time is up. */
export const setLogLevel: Action = {
  name: 'set_log_level',
  title: 'Set the log level',
  impact: 'low',
  reversibility: 'not_needed',
  parameters: {
    level: { type: 'choice', title: 'Level', values: ['DEBUG', 'INFO', 'WARN', 'ERROR'] },
    ttlMinutes: { type: 'integer', title: 'Minutes until it goes back', min: 1, max: 120, default: 15 },
  },
  effect: 'changes_target',
}
