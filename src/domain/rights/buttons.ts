import { commandRights } from './commands.ts'
import { approving, noted, type Rights, reading, responding } from './right.ts'

const byWhomRequested = 'Of an override the role override as well; never whoever requested it.'

/** What a card's buttons do, by the command behind them. */
export const buttonRights = {
  request: responding,
  request_override: responding,
  edit: responding,
  revoke: noted(approving, 'Only whoever approved, and only their own approval.'),
  cancel: responding,
  escalate: responding,
  approve: noted(approving, byWhomRequested),
  reject: noted(approving, byWhomRequested),
  happened: approving,
  did_not_happen: approving,
  undo: approving,
  review: commandRights.review,
  unfreeze: commandRights.unfreeze,
  unsilence: commandRights.unsilence,
  show_request: noted(reading, 'Told to whoever presses it, and to nobody else.'),
} as const satisfies Rights
