import type { Action } from '../action.ts'

/** Sets the log level for a while; the target goes back by itself when the time is up. */
export const setLogLevel: Action = {
  name: 'set_log_level',
  title: 'Set the log level',
  impact: 'low',
  reversibility: 'not_needed',
  undoneBy: null,
  probe: 'target',
  parameters: {
    level: { type: 'choice', title: 'Level', values: ['DEBUG', 'INFO', 'WARN', 'ERROR'] },
    ttlMinutes: { type: 'integer', title: 'Minutes until it goes back', min: 1, max: 120, default: 15 },
  },
  say: ({ level, ttlMinutes }) => {
    const values = `${String(level)} for ${String(ttlMinutes)} ${ttlMinutes === 1 ? 'minute' : 'minutes'}`
    return { whole: `Set the log level to ${values}`, values }
  },
  effect: 'changes_target',
}
