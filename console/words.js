/** The words and tones for states. A tone is one of neutral, info, good, warning, bad. */

export const incidentStates = {
  open: ['Looking', 'info'],
  proposed: ['Needs a decision', 'warning'],
  healing: ['Healing', 'info'],
  escalated: ['Needs a person', 'bad'],
  resolved: ['Resolved', 'good'],
}

export const runStates = {
  pending_approval: ['Waiting for approval', 'warning'],
  queued: ['Queued', 'info'],
  running: ['Running', 'info'],
  verifying: ['Verifying', 'info'],
  rolling_back: ['Rolling back', 'warning'],
  succeeded: ['Succeeded', 'good'],
  failed: ['Failed', 'bad'],
  timed_out: ['Timed out', 'bad'],
  canceled: ['Cancelled', 'neutral'],
  rolled_back: ['Rolled back', 'warning'],
  rollback_failed: ['Rollback failed', 'bad'],
  blocked: ['Blocked', 'warning'],
  unknown: ['Outcome unknown', 'bad'],
}

export const approvalStates = {
  pending: ['Waiting', 'warning'],
  approved: ['Approved', 'good'],
  rejected: ['Rejected', 'bad'],
  expired: ['Expired', 'neutral'],
  canceled: ['Withdrawn', 'neutral'],
}

export const stepStates = {
  intent: ['running', 'running'],
  succeeded: ['succeeded', 'succeeded'],
  failed: ['failed', 'failed'],
  timed_out: ['timed out', 'failed'],
  canceled: ['cancelled', 'skipped'],
  unknown: ['outcome unknown', 'unknown'],
}

export const checkStates = { pass: ['Good', 'good'], warn: ['Look', 'warning'], fail: ['Failing', 'bad'] }

export const modes = {
  observe: ['Observe', 'Suture records and explains. It proposes nothing and touches nothing.'],
  propose: ['Propose', 'Suture proposes, a person requests, another person approves.'],
  approve: ['Approve', 'Suture requests what it proposes; a person approves.'],
  auto: ['Auto', 'Suture heals by itself inside every limit, and asks a person for the rest.'],
}

export const roleWords = {
  viewer: 'reads everything',
  responder: 'asks for a remedy and cancels runs',
  approver: 'approves or rejects what others requested',
  override: 'breaks glass in an emergency',
  admin: 'does all of this, and changes mode, keys and people',
}

export const scopeWords = {
  read: 'See incidents, runs and the audit log',
  respond: 'Request, cancel, and write in threads',
  approve: 'Approve and reject (people only)',
  admin: 'Keys, people, mode, emergency stop',
}

export const activeRun = (status) => ['queued', 'running', 'verifying', 'rolling_back'].includes(status)

/** Words for a state this page does not know yet: the state itself. */
export const wordsFor = (table, status) =>
  Object.hasOwn(table, status) ? table[status] : [String(status), 'neutral']

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
export const initials = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part[0] ?? '')
    .join('')
    .toUpperCase()

/** `Ada (responder)` is the name `Ada` and what Ada may do. */
export const shortName = (name) => name.replace(/\s*\([^)]*\)\s*$/, '') || name
export const listOf = (items, last = 'and') =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`

/** `chat_console` as `Chat console`. */
export const asSentence = (name) =>
  name.replaceAll(/[_-]/g, ' ').replace(/^./, (first) => first.toUpperCase())
